import Foundation
import LinearAlgebra

/// Which count drives the learning rate and which the batch.
package struct ExpertVariant: Sendable, Hashable, Codable {
    package var learningRate: Driver
    package var batch: Driver

    package init(learningRate: Driver, batch: Driver) {
        self.learningRate = learningRate
        self.batch = batch
    }

    package enum Driver: String, Sendable, Hashable, Codable, CaseIterable {
        case none, total, active, both

        /// Columns of (total, active, tokens) that enter, tokens always among them.
        var columns: [Int] {
            switch self {
            case .none: [2]
            case .total: [0, 2]
            case .active: [1, 2]
            case .both: [0, 1, 2]
            }
        }

        var words: String {
            switch self {
            case .none: "no count"
            case .total: "total parameters"
            case .active: "active parameters"
            case .both: "total and active parameters"
            }
        }
    }

    var columnCount: Int { learningRate.columns.count + batch.columns.count }

    var words: String { "LR by \(learningRate.words), batch by \(batch.words)" }
}

/// Least squares of cell optima on the inputs of a driver; every cell counts as its weight says.
enum ExpertRegression {
    /// (constant, total, active, tokens); zero where the driver has no such input. nil when the
    /// cells do not determine it.
    static func fit(
        _ inputs: [[Double]],
        _ values: [Double],
        weights: [Double],
        driver: ExpertVariant.Driver
    ) -> [Double]? {
        let columns = driver.columns
        let size = columns.count + 1
        var system = SmallSystem(size: size)
        for (index, input) in inputs.enumerated() where weights[index] > 0 {
            let row = [1] + columns.map { input[$0] }
            for i in 0..<size {
                system.vector[i] += weights[index] * row[i] * values[index]
                for j in 0...i { system.matrix[i * size + j] += weights[index] * row[i] * row[j] }
            }
        }
        guard isDetermined(system), system.solve() else { return nil }
        var coefficients = [system.vector[0], 0, 0, 0]
        for (index, column) in columns.enumerated() {
            coefficients[column + 1] = system.vector[index + 1]
        }
        return coefficients
    }

    /// Share of each column's spread that the columns before it do not explain: at least 1 %.
    private static func isDetermined(_ system: SmallSystem) -> Bool {
        let size = system.size
        var lower = system.matrix
        for column in 0..<size {
            let whole = lower[column * size + column]
            for k in 0..<column {
                lower[column * size + column] -= lower[column * size + k] * lower[column * size + k]
            }
            let pivot = lower[column * size + column]
            guard pivot > 1e-3 * whole, pivot > 1e-9 else { return false }
            lower[column * size + column] = pivot.squareRoot()
            for row in (column + 1)..<max(size, column + 1) {
                for k in 0..<column {
                    lower[row * size + column] -= lower[row * size + k] * lower[column * size + k]
                }
                lower[row * size + column] /= lower[column * size + column]
            }
        }
        return true
    }

    static func value(_ coefficients: [Double], _ inputs: [Double]) -> Double {
        coefficients[0] + coefficients[1] * inputs[0] + coefficients[2] * inputs[1]
            + coefficients[3] * inputs[2]
    }
}
