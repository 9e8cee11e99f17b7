import Foundation

extension Bowl {
    /// (x, y) around the optimum where ln loss is `height` above it, in order round the outline.
    ///
    /// In (x − ridge(y), y) the two wells add up, so a share of the height for each gives a point
    /// of the outline in closed order, whatever the ridge does.
    func outline(height: Double, count: Int = 72) -> [(x: Double, y: Double)] {
        (0..<count).map { index in
            let angle = 2 * .pi * Double(index) / Double(count)
            let (c, s) = (cos(angle), sin(angle))
            let u = Self.depth(
                learningRateSkew,
                height * c * c / learningRateCurvature,
                c < 0 ? -1 : 1
            )
            let y = Self.depth(batchSkew, height * s * s / batchCurvature, s < 0 ? -1 : 1)
            return (u + ridge(y), y)
        }
    }

    /// x around the ridge at a fixed batch where ln loss is `height` above the ridge.
    func rateExtent(height: Double) -> (low: Double, high: Double) {
        let level = height / learningRateCurvature
        return (
            Self.depth(learningRateSkew, level, -1), Self.depth(learningRateSkew, level, 1)
        )
    }

    /// u on one side of 0 with h(skew, u) = level, by bisection; at most 12 away.
    private static func depth(_ skew: Double, _ level: Double, _ side: Double) -> Double {
        var low = 0.0
        var high = 12.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if well(skew, side * middle) < level { low = middle } else { high = middle }
        }
        return side * (low + high) / 2
    }
}
