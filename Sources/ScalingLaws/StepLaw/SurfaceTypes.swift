/// ln loss = level(cell) + bowl(ln LR − ln LR*(N, D), ln B − ln B*(N, D)), one bowl for all cells.
package struct JointSurface: Sendable, Hashable, Codable {
    /// ln LR* = (1, ln N − ln pivot N, ln D − ln pivot D) · these three.
    package var learningRate: [Double]
    /// ln B* likewise.
    package var batch: [Double]
    package var bowl: Bowl
    /// ln loss at the optimum, one per cell.
    package var levels: [Double]
    /// Runs whose loss is within this share of the least of their cell took part.
    package var cut: Double
    /// Robust scale of the residuals of ln loss.
    package var scale: Double
    package var runCount: Int
    package var startCount: Int
    package var isConverged: Bool
}

/// Best learning rate for a given batch:
/// ln LR(B) = ln LR*(N, D) + (slope / sharpness) · ln((1 + knee^p) / (1 + (knee · B*(N, D) /
/// B)^p)), p the sharpness: slope `slope` far below the knee, flat above it, LR* at B*.
package struct ConditionalLaw: Sendable, Hashable, Codable {
    /// ln LR at the optimal batch, (1, ln N − pivot, ln D − pivot) coefficients.
    package var atOptimalBatch: [Double]
    /// d ln LR / d ln B far below the knee.
    package var slope: Double
    package var sharpness: Double
    /// Knee in units of the optimal batch.
    package var knee: Double
    /// Standard deviation about the slices' optima, ln units.
    package var residual: Double
    package var sliceCount: Int
    /// Batch over optimal batch of the slices that were fitted.
    package var batchRatios: Bounds
    package var isFitted: Bool
}

/// ln level of the loss as a polynomial of (ln N, ln D) about the pivot.
package struct LossLevel: Sendable, Hashable, Codable {
    /// Coefficients of 1, n, d, n², n·d, d²; the last three are zero with few cells.
    package var coefficients: [Double]
    /// Root mean square of leave-one-cell-out errors, ln units.
    package var leaveOneOutError: Double
}

/// Learning rate at which half of the runs diverge:
/// ln LR = (1, ln N − pivot, ln B − ln pivot B) · coefficients.
package struct StabilityLimit: Sendable, Hashable, Codable {
    package var coefficients: [Double]
    package var pivotBatchTokens: Double
    /// Width of the transition in ln LR.
    package var width: Double
    package var divergedCount: Int
}
