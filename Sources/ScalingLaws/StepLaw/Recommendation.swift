/// What to set for the next run, with the evidence.
package struct Recommendation: Sendable, Hashable, Codable {
    package var target: Target
    package var peakLearningRate: Interval
    package var batchTokens: Interval
    /// Batch over sequence length; nil when the target names no sequence length.
    package var batchSequences: Interval?
    package var plateau: Plateau
    /// Nats per token at the recommended point; nil outside the data, with the reason beside it.
    package var predictedLoss: Interval?
    package var predictedLossReason: String?
    package var mode: Mode
    package var extrapolation: Extrapolation
    package var rivals: [RivalAnswer]
    package var provenance: Provenance
    package var warnings: [String]

    package enum CodingKeys: String, CodingKey {
        case target, peakLearningRate, batchTokens, batchSequences, plateau, predictedLoss
        case predictedLossReason, mode, extrapolation, rivals, provenance, warnings
    }

    package enum Mode: String, Sendable, Hashable, Codable {
        case free
        case givenBatch = "given-batch"
    }

    /// Where the loss stays within (1 + tolerance) of the least at this target.
    package struct Plateau: Sendable, Hashable, Codable {
        /// Share of the loss, 0.001 = 0.1 %.
        package var tolerance: Double
        /// Extent over all batches; at the given batch in the mode `given-batch`.
        package var peakLearningRate: Bounds
        package var batchTokens: Bounds
        /// Closed outline; empty in the mode `given-batch`.
        package var outline: [SurfacePoint]
    }

    /// Where the target lies with respect to the cells of the fit.
    package struct Extrapolation: Sendable, Hashable, Codable {
        /// True inside the convex hull of the cells in (ln N, ln D).
        package var inside: Bool
        package var distance: Distance
        package var nearestRun: NearestRun
        package var note: String

        /// Distance outside the range of the data, in ln units; 0 inside.
        package struct Distance: Sendable, Hashable, Codable {
            package var parameters: Double
            package var tokens: Double
            package var batch: Double
        }

        /// The best run of the cell nearest to the target.
        package struct NearestRun: Sendable, Hashable, Codable {
            package var runID: String
            package var runName: String
            package var parameterCount: Double
            package var tokenCount: Double
            package var peakLearningRate: Double
            package var batchTokens: Double
            package var lossNats: Double
        }
    }

    /// What a published law, unfitted, would answer for the same target.
    package struct RivalAnswer: Sendable, Hashable, Codable {
        package var id: String
        package var title: String
        package var citation: String
        package var peakLearningRate: Double?
        package var batchTokens: Double?
        /// Loss above this fit's optimum at the target, in per cent, read from the joint surface.
        package var expectedRegretPercent: Double?
        package var note: String
        /// Set when the law cannot answer here.
        package var refused: String?
    }

    package struct Provenance: Sendable, Hashable, Codable {
        /// Filled by the server; nil when the fit was never stored.
        package var fitID: String?
        package var law: String
        package var estimator: Estimator
        package var runs: Int
        package var diverged: Int
        package var leftOut: Int
        package var cells: Int
        /// 16 hex digits over the observations used, independent of their order.
        package var dataHash: String
        package var equation: String
        package var parameterConvention: String
        package var lossName: String
        package var seed: UInt64
    }
}

/// One point of the (learning rate, batch) plane.
package struct SurfacePoint: Sendable, Hashable, Codable {
    package var peakLearningRate: Double
    package var batchTokens: Double
}
