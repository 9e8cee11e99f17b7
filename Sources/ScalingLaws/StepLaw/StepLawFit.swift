/// Peak learning rate and batch as power laws of model size N and tokens D, with everything that a
/// recommendation or a figure needs. Encodes to JSON: every number in it is finite.
package struct StepLawFit: Sendable, Hashable, Codable {
    package var law: String
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var options: FitOptions
    /// 16 hex digits over the observations used, independent of their order.
    package var dataHash: String
    package var runCount: Int
    package var divergedCount: Int
    /// Cells in the order (N, D); `RunPoint.cell` indexes them.
    package var cells: [Cell]
    package var runs: [RunPoint]
    package var leftOut: [LeftOut]
    package var leftOutCount: Int
    /// Geometric mean of the cells: coefficients are quoted here, never at N = D = 1.
    package var pivot: Pivot
    /// The estimator that recommends, and why it was chosen.
    package var estimator: Estimator
    package var estimatorReason: String
    /// Peak learning rate at its optimum.
    package var learningRate: PowerLaw
    /// Batch tokens at its optimum.
    package var batch: PowerLaw
    package var batchForm: BatchForm
    package var batchFormScores: [BatchFormScore]
    /// Leave-one-cell-out regret of the whole recommending procedure, choices included.
    package var crossValidation: CrossValidation
    package var surface: JointSurface
    /// Best learning rate when the batch is given.
    package var conditional: ConditionalLaw
    /// Level of the loss over the cells; nil with too few cells.
    package var lossLevel: LossLevel?
    /// nil when no run diverged.
    package var stability: StabilityLimit?
    package var baselines: [Baseline]
    package var rivals: [RivalScore]
    package var warnings: [String]

    /// One (N, D) pair.
    package struct Cell: Sendable, Hashable, Codable {
        package var parameterCount: Double
        package var tokenCount: Double
        package var runCount: Int
        package var divergedCount: Int
        package var nearOptimalCount: Int
        package var learningRates: Bounds
        package var batchTokens: Bounds
        package var learningRateCount: Int
        package var batchCount: Int
        package var best: Best
        /// Vertex of this cell by the joint surface's own per-cell shift; nil when not identified.
        package var optimum: SurfacePoint?
        /// Mean of the near-optimal runs in ln.
        package var bandCentre: SurfacePoint
        /// The near-optimal runs touch the edge of the swept grid: the optimum may lie beyond.
        package var edges: [Edge]
    }

    package enum Edge: String, Sendable, Hashable, Codable {
        case lowestLearningRate, highestLearningRate, smallestBatch, largestBatch
    }

    package struct Best: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        package var peakLearningRate: Double
        package var batchTokens: Double
        package var lossNats: Double
    }

    package struct RunPoint: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        /// Index into `cells`.
        package var cell: Int
        package var peakLearningRate: Double
        package var batchTokens: Double
        /// nil when the loss is NaN or infinite.
        package var lossNats: Double?
        /// 100 × (loss / least of the cell − 1); nil for a diverged run.
        package var excessPercent: Double?
        package var isDiverged: Bool
        package var isNearOptimal: Bool
    }

    package struct LeftOut: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        package var reason: String

        package init(runID: String, runName: String, reason: String) {
            self.runID = runID
            self.runName = runName
            self.reason = reason
        }
    }

    package struct Pivot: Sendable, Hashable, Codable {
        package var parameterCount: Double
        package var tokenCount: Double
    }

    /// value(N, D) = atPivot · (N / pivot N)^parameterExponent · (D / pivot D)^tokenExponent
    package struct PowerLaw: Sendable, Hashable, Codable {
        package var atPivot: Interval
        /// nil when the chosen form has no such factor.
        package var parameterExponent: Interval?
        package var tokenExponent: Interval
        package var uncertainty: PowerLawUncertainty
        /// Standard deviation of the near-optimal runs about the law, in ln units.
        package var residual: Double
    }

    package enum BatchForm: String, Sendable, Hashable, Codable {
        case tokens
        case parametersAndTokens = "parameters-and-tokens"
    }

    package struct BatchFormScore: Sendable, Hashable, Codable {
        package var form: BatchForm
        package var snap: Regret
        package var interpolated: Regret
        package var isChosen: Bool
    }

    /// Loss of a recommended point above the best run of its cell, in per cent of loss.
    package struct Regret: Sendable, Hashable, Codable {
        package var mean: Double
        package var median: Double
        package var max: Double
    }

    package struct CrossValidation: Sendable, Hashable, Codable {
        /// Read at the nearest run of the cell.
        package var snap: Regret
        /// Read by linear interpolation on the Delaunay mesh of the cell's runs.
        package var interpolated: Regret
        package var perCell: [CellScore]

        package struct CellScore: Sendable, Hashable, Codable {
            /// Index into `cells`.
            package var cell: Int
            /// What the fit without this cell would have recommended for it.
            package var recommended: SurfacePoint
            package var snapPercent: Double
            package var interpolatedPercent: Double
            /// The recommended point lay outside the runs of the cell.
            package var isOutsideRuns: Bool
        }
    }

    /// A rule that learns next to nothing; a law that does not beat it is not worth its name.
    package struct Baseline: Sendable, Hashable, Codable {
        package var id: String
        package var title: String
        package var snap: Regret
        package var interpolated: Regret
    }

    /// A published law, unfitted, judged on these runs.
    package struct RivalScore: Sendable, Hashable, Codable {
        package var id: String
        package var title: String
        package var citation: String
        package var equation: String
        package var note: String
        package var snap: Regret?
        package var interpolated: Regret?
        /// Cells for which the law answers.
        package var answeredCells: Int
        package var refused: String?
    }
}
