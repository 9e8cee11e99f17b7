/// The fitted bowl over (learning rate, batch) at one target, sampled on a grid for a figure.
package struct LossSurface: Sendable, Hashable, Codable {
    package var parameterCount: Double
    package var tokenCount: Double
    /// Ascending, evenly spaced in ln.
    package var learningRates: [Double]
    package var batchTokens: [Double]
    /// `excessPercent[row][column]`: loss above the optimum in per cent at `batchTokens[row]`,
    /// `learningRates[column]`.
    package var excessPercent: [[Double]]
    /// Same layout, nats per token; nil when the level of the loss is not known at this target.
    package var lossNats: [[Double]]?
    /// The recommended point: the estimator's answer.
    package var recommended: SurfacePoint
    /// The bowl's own lowest point.
    package var optimum: SurfacePoint
    package var plateauTolerance: Double
    package var plateau: [SurfacePoint]
    /// Learning rates above which runs diverge, one per `batchTokens`; nil without diverged runs.
    package var stabilityLimit: [Double]?
    /// Runs of the cell at the target, or of the nearest one.
    package var runs: [StepLawFit.RunPoint]
    /// Whether `runs` were made at this very (N, D).
    package var runsAreAtTarget: Bool
    package var runsParameterCount: Double
    package var runsTokenCount: Double
}
