import Foundation
import LinearAlgebra

/// The learning rate at which half of the runs diverge, by logistic regression on size, batch and
/// rate: the one thing that a diverged run says.
enum StabilityFit {
    /// Fewer diverged runs than this draw no boundary.
    static let minimumDiverged = 3

    static func fit(_ table: CellTable) -> StabilityLimit? {
        var rows: [(n: Double, y: Double, x: Double, diverged: Bool)] = []
        for cell in table.cells {
            for index in 0..<cell.count {
                rows.append((cell.n, cell.y[index], cell.x[index], false))
            }
            for run in cell.diverged {
                rows.append((cell.n, log(run.batchTokens), log(run.peakLearningRate), true))
            }
        }
        let diverged = rows.count(where: \.diverged)
        guard diverged >= minimumDiverged else { return nil }
        let count = Double(rows.count)
        let meanY = rows.reduce(0) { $0 + $1.y } / count
        let meanX = rows.reduce(0) { $0 + $1.x } / count
        let design = rows.map { [1, $0.n, $0.y - meanY, $0.x - meanX] }
        guard let w = logistic(design, rows.map(\.diverged)), w[3] > 0.2 else { return nil }
        return StabilityLimit(
            coefficients: [meanX - w[0] / w[3], -w[1] / w[3], -w[2] / w[3]],
            pivotBatchTokens: exp(meanY),
            width: 1 / w[3],
            divergedCount: diverged
        )
    }

    /// Newton steps with a weak ridge, so that separable data give a steep but finite boundary.
    private static func logistic(_ design: [[Double]], _ isTrue: [Bool]) -> [Double]? {
        var w = [0.0, 0, 0, 1]
        for _ in 0..<60 {
            var system = SmallSystem(size: 4)
            for (row, label) in zip(design, isTrue) {
                let z = zip(row, w).reduce(0) { $0 + $1.0 * $1.1 }
                let p = 1 / (1 + exp(-z))
                let weight = max(p * (1 - p), 1e-9)
                for r in 0..<4 {
                    system.vector[r] += row[r] * ((label ? 1 : 0) - p)
                    for c in 0...r { system.matrix[r * 4 + c] += weight * row[r] * row[c] }
                }
            }
            for r in 0..<4 {
                let ridge = r == 0 ? 1e-6 : 0.01
                system.vector[r] -= ridge * w[r]
                system.matrix[r * 4 + r] += ridge
            }
            guard system.solve() else { return nil }
            let largest = system.vector.reduce(0) { max($0, abs($1)) }
            let shrink = largest > 2 ? 2 / largest : 1
            for r in 0..<4 { w[r] += shrink * system.vector[r] }
            if largest < 1e-9 { break }
        }
        return w.allSatisfy(\.isFinite) ? w : nil
    }
}

extension StabilityLimit {
    /// ln of the learning rate at which half of the runs diverge.
    package func logRate(n: Double, logBatch: Double) -> Double {
        coefficients[0] + coefficients[1] * n
            + coefficients[2] * (logBatch - log(pivotBatchTokens))
    }
}
