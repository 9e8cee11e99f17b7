import Foundation

/// Runs that could be made for a target: sizes and token counts from the smallest swept up to the
/// target, and in each cell a cross of learning rates and batches about the expected optimum.
struct DesignPool {
    let fit: StepLawFit
    let target: Target
    let budget: Double
    /// ln of loss above the bottom at which runs are placed: steep enough to tell sides apart, low
    /// enough for the shared bowl to hold.
    private static let heights = [0.0025, 0.008]
    private static let valueLimit = 7
    private static let fewestSteps = 100.0

    func points() -> [DesignPoint] { cells().flatMap(points) }

    /// Cells by rising compute, none dearer than the budget.
    func cells() -> [(n: Double, d: Double)] {
        let sizes = values(fit.cells.map(\.parameterCount), target.parameterCount)
        let tokens = values(fit.cells.map(\.tokenCount), target.tokenCount)
        var cells: [(n: Double, d: Double)] = []
        for n in sizes {
            for d in tokens where 6 * n * d <= budget { cells.append((n: n, d: d)) }
        }
        return cells.sorted { left, right in
            (left.n * left.d, left.n) < (right.n * right.d, right.n)
        }
    }

    /// Swept values, steps of up to two and a half times beyond them, and the target's own.
    private func values(_ swept: [Double], _ target: Double) -> [Double] {
        var values: [Double] = []
        for value in swept.sorted() where value > (values.last ?? 0) * 1.03 { values.append(value) }
        if values.count > Self.valueLimit {
            let known = values
            values = (0..<Self.valueLimit).map { step in
                known[step * (known.count - 1) / (Self.valueLimit - 1)]
            }
        }
        if let largest = values.last, target > largest * 1.03 {
            let steps = min(max((log(target / largest) / log(2.5)).rounded(.up), 1), 8)
            for step in 1...Int(steps) {
                values.append(largest * pow(target / largest, Double(step) / steps))
            }
        } else if !values.contains(where: { abs(log($0 / target)) < 0.03 }),
            target > (values.first ?? 0)
        {
            values.append(target)
        }
        return values
    }

    private func points(_ cell: (n: Double, d: Double)) -> [DesignPoint] {
        let (n, d) = fit.coordinates(Target(parameterCount: cell.n, tokenCount: cell.d))
        let center = fit.bowlCenter(n: n, d: d)
        return Self.offsets(fit.surface.bowl).compactMap { offset in
            let y = center.y + offset.y
            let x = center.x + fit.surface.bowl.ridge(offset.y) + offset.u
            if let stability = fit.stability, x > stability.logRate(n: n, logBatch: y) {
                return nil
            }
            guard exp(y) >= 1, exp(y) * Self.fewestSteps <= cell.d else { return nil }
            return DesignPoint(
                parameterCount: cell.n,
                tokenCount: cell.d,
                peakLearningRate: exp(x),
                batchTokens: exp(y).rounded()
            )
        }
    }

    /// ln LR off the ridge and ln B off the optimum.
    static func offsets(_ bowl: Bowl) -> [(u: Double, y: Double)] {
        func widths(_ curvature: Double) -> [Double] {
            let positive = heights.map { min((2 * $0 / curvature).squareRoot(), 1.5) }
            return [0] + positive + positive.map { -$0 }
        }
        let rates = widths(bowl.learningRateCurvature)
        let batches = widths(bowl.batchCurvature)
        return rates.flatMap { u in batches.map { (u: u, y: $0) } }
    }
}
