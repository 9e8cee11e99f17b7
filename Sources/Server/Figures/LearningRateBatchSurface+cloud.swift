import Foundation
import ScalingLaws

extension LearningRateBatchSurface {
    private static let drawCount = 160

    /// Where the optimum may lie: draws of ln LR and ln B with the widths of the answer's
    /// intervals, tilted as the runs leave the two unknown together. Empty at a given batch, or
    /// where an interval is open.
    static func cloud(
        _ input: FigureInput<StepLawFit>,
        _ target: Target,
        _ answer: Recommendation
    ) -> [FigureValue] {
        guard target.batchTokens == nil,
            let tilt = try? RunDesign(input.fit, target: target).answerCovariance,
            let rate = spread(answer.peakLearningRate), let batch = spread(answer.batchTokens)
        else { return [] }
        let limit = (tilt.xx * tilt.yy).squareRoot()
        let correlation = limit > 0 ? min(max(tilt.xy / limit, -0.999), 0.999) : 0
        let rest = (1 - correlation * correlation).squareRoot()
        var generator = SplitMix64(seed: input.fit.seed)
        let points = (0..<drawCount).map { _ in
            let (first, second) = (generator.normal(), generator.normal())
            return (
                exp(rate.middle + rate.deviation * first),
                exp(batch.middle + batch.deviation * (correlation * first + rest * second))
            )
        }
        return [
            Trace.markers(
                "where the best may lie",
                x: points.map(\.0),
                y: points.map(\.1),
                role: "cloud"
            ).merging(["hoverinfo": "name", "marker": ["size": 4]])
        ]
    }

    /// Of the logarithm, from a 90 % interval.
    private static func spread(_ interval: Interval) -> (middle: Double, deviation: Double)? {
        guard interval.low > 0, interval.high > interval.low, interval.high.isFinite else {
            return nil
        }
        let (low, high) = (log(interval.low), log(interval.high))
        return ((low + high) / 2, (high - low) / 2 / 1.645)
    }
}
