import Foundation

/// Steps to one target loss over the batch: S = S_min·(1 + B_crit / B), so that the tokens are
/// E = E_min·(1 + B / B_crit) with E_min = S_min·B_crit. An Empirical Model of Large-Batch
/// Training, arXiv 1812.06162, eq. 2.11; S = a + b/B with a = S_min, b = E_min.
package struct StepsHyperbola: Sendable, Hashable, Codable {
    /// Steps that no batch can go below.
    package var minimumSteps: Double
    /// B_crit, in tokens: twice the least steps and twice the least tokens.
    package var criticalBatchTokens: Double

    package init(minimumSteps: Double, criticalBatchTokens: Double) {
        self.minimumSteps = minimumSteps
        self.criticalBatchTokens = criticalBatchTokens
    }

    /// Tokens that no batch can go below.
    package var minimumTokens: Double { minimumSteps * criticalBatchTokens }

    package func steps(batchTokens: Double) -> Double {
        minimumSteps * (1 + criticalBatchTokens / batchTokens)
    }

    package func tokens(batchTokens: Double) -> Double {
        minimumTokens + minimumSteps * batchTokens
    }

    /// Tokens above the least possible, in per cent.
    package func wastePercent(batchTokens: Double) -> Double {
        100 * batchTokens / criticalBatchTokens
    }
}

/// Least squares of ln S. For a given B_crit the best S_min is a mean, so that one unknown is left:
/// a grid over ln B_crit finds the valley, Gauss and Newton its floor. No start to choose.
struct HyperbolaSolver: Sendable {
    struct Solution: Sendable {
        var logCriticalBatch: Double
        var logMinimumSteps: Double
        var squares: Double
    }

    let logBatches: [Double]
    private let grid: [Double]
    /// ln(1 + B_crit/B) by grid point, then by run.
    private let curves: [[Double]]

    /// Distance of the grid's ends beyond the batches of the runs, in ln.
    static let margin = log(1000.0)

    /// - Parameter logBatches: at least two different values, all finite.
    init(logBatches: [Double]) {
        self.logBatches = logBatches
        let low = (logBatches.min() ?? 0) - Self.margin
        let high = (logBatches.max() ?? 0) + Self.margin
        let step = (high - low) / 60
        grid = (0...60).map { low + Double($0) * step }
        curves = grid.map { critical in logBatches.map { Self.softplus(critical - $0) } }
    }

    func solve(_ logSteps: [Double]) -> Solution {
        var best = (index: 0, squares: Double.infinity)
        for (index, curve) in curves.enumerated() {
            let squares = Self.center(logSteps, curve).squares
            if squares < best.squares { best = (index, squares) }
        }
        let range =
            grid[max(best.index - 1, 0)]...grid[min(best.index + 1, grid.count - 1)]
        return refine(grid[best.index], range, logSteps)
    }

    private func refine(
        _ start: Double,
        _ range: ClosedRange<Double>,
        _ logSteps: [Double]
    ) -> Solution {
        var current = evaluate(start, logSteps)
        for _ in 0..<40 {
            let slopes = logBatches.map { 1 / (1 + exp($0 - current.logCriticalBatch)) }
            let mean = slopes.reduce(0, +) / Double(slopes.count)
            var gradient = 0.0
            var curvature = 0.0
            for (index, slope) in slopes.enumerated() {
                let lift = Self.softplus(current.logCriticalBatch - logBatches[index])
                let residual = logSteps[index] - current.logMinimumSteps - lift
                gradient += (slope - mean) * residual
                curvature += (slope - mean) * (slope - mean)
            }
            guard curvature > 1e-300 else { break }
            var step = gradient / curvature
            var next = current
            for _ in 0..<30 {
                let point = min(
                    max(current.logCriticalBatch + step, range.lowerBound),
                    range.upperBound
                )
                next = evaluate(point, logSteps)
                if next.squares <= current.squares { break }
                step /= 2
            }
            guard next.squares <= current.squares else { break }
            let moved = abs(next.logCriticalBatch - current.logCriticalBatch)
            current = next
            if moved < 1e-13 { break }
        }
        return current
    }

    private func evaluate(_ logCritical: Double, _ logSteps: [Double]) -> Solution {
        let centred = Self.center(
            logSteps,
            logBatches.map { Self.softplus(logCritical - $0) }
        )
        return Solution(
            logCriticalBatch: logCritical,
            logMinimumSteps: centred.mean,
            squares: centred.squares
        )
    }

    private static func center(
        _ logSteps: [Double],
        _ curve: [Double]
    ) -> (mean: Double, squares: Double) {
        var sum = 0.0
        for index in curve.indices { sum += logSteps[index] - curve[index] }
        let mean = sum / Double(max(curve.count, 1))
        var squares = 0.0
        for index in curve.indices {
            let residual = logSteps[index] - curve[index] - mean
            squares += residual * residual
        }
        return (mean, squares)
    }

    /// ln(1 + e^x) without overflow.
    static func softplus(_ x: Double) -> Double {
        x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
    }
}
