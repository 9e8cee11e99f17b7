import Foundation

/// A run that was made or could be.
package struct DesignPoint: Sendable, Hashable {
    package var parameterCount: Double
    package var tokenCount: Double
    package var peakLearningRate: Double
    package var batchTokens: Double

    package init(
        parameterCount: Double,
        tokenCount: Double,
        peakLearningRate: Double,
        batchTokens: Double
    ) {
        self.parameterCount = parameterCount
        self.tokenCount = tokenCount
        self.peakLearningRate = peakLearningRate
        self.batchTokens = batchTokens
    }

    /// 6·N·D.
    package var flops: Double { 6 * parameterCount * tokenCount }
}

/// What the runs of one cell say of the eight local numbers: ln LR* and ln B* of the cell and the
/// six of the bowl's shape. The level of the cell's loss is eliminated.
struct CellInformation: Sendable {
    static let count = 8

    let n: Double
    let d: Double
    /// Σ w, Σ w·j and Σ w·j·jᵀ (lower triangle) over the runs.
    private var weight: Double
    private var mean = [Double](repeating: 0, count: count)
    private var square = [Double](repeating: 0, count: count * count)

    /// - Parameter levelPrecision: 1 / variance with which the level is known before any run.
    init(n: Double, d: Double, levelPrecision: Double) {
        self.n = n
        self.d = d
        weight = levelPrecision
    }

    /// - Parameters:
    ///   - derivatives: of ln loss with respect to the eight.
    ///   - precision: 1 / variance of ln loss.
    mutating func add(_ derivatives: [Double], precision: Double) {
        weight += precision
        for row in 0..<Self.count {
            mean[row] += precision * derivatives[row]
            for column in 0...row {
                square[row * Self.count + column] +=
                    precision * derivatives[row] * derivatives[column]
            }
        }
    }

    /// Full symmetric 8 × 8 matrix; nil for a cell without runs.
    func information() -> [Double] {
        var full = [Double](repeating: 0, count: Self.count * Self.count)
        guard weight > 0 else { return full }
        for row in 0..<Self.count {
            for column in 0...row {
                let value =
                    square[row * Self.count + column] - mean[row] * mean[column] / weight
                full[row * Self.count + column] = value
                full[column * Self.count + row] = value
            }
        }
        return full
    }

    /// The same when the cell's own optimum scatters about the law's with these variances: no
    /// number of runs in one cell says more of the law than the scatter lets through.
    func information(scatter: (x: Double, y: Double)) -> [Double] {
        var full = information()
        let size = Self.count
        let xx = full[0] + 1 / scatter.x
        let yy = full[size + 1] + 1 / scatter.y
        let xy = full[1]
        let determinant = xx * yy - xy * xy
        guard determinant > 0 else { return full }
        let own = full
        for row in 0..<size {
            let (rx, ry) = (own[row * size], own[row * size + 1])
            let left = (rx * yy - ry * xy) / determinant
            let right = (ry * xx - rx * xy) / determinant
            for column in 0..<size {
                full[row * size + column] -=
                    left * own[column * size] + right * own[column * size + 1]
            }
        }
        return full
    }
}
