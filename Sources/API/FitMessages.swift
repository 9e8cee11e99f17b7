package import Runs

/// Body of `POST /api/v1/fits`.
package struct NewFit: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    /// Id of a law's card.
    package var law: String
    /// Filter that runs must pass.
    package var `where`: String?
    package var seed: UInt64?
    package var options: FitOptionsMessage?

    package init(
        project: String,
        law: String,
        where filter: String? = nil,
        seed: UInt64? = nil,
        options: FitOptionsMessage? = nil
    ) {
        self.project = project
        self.law = law
        self.where = filter
        self.seed = seed
        self.options = options
    }
}

/// Choices of the estimator; what is absent is as the law recommends.
package struct FitOptionsMessage: Sendable, Codable, Hashable {
    /// Resampled refits behind the intervals, 50 to 5,000.
    package var drawCount: Int?
    /// Scale of the residuals of ln loss beyond which they count linearly.
    package var huberDelta: Double?
    /// Id of published constants that pull the fit where runs are silent.
    package var prior: String?
    /// Of the critical batch by overhead: steps above proportion, in per cent.
    package var overheadPercent: Double?
    /// Of the same: the batch from which steps are taken to fall in proportion, in tokens.
    package var anchorBatchTokens: Double?

    package init(
        drawCount: Int? = nil,
        huberDelta: Double? = nil,
        prior: String? = nil,
        overheadPercent: Double? = nil,
        anchorBatchTokens: Double? = nil
    ) {
        self.drawCount = drawCount
        self.huberDelta = huberDelta
        self.prior = prior
        self.overheadPercent = overheadPercent
        self.anchorBatchTokens = anchorBatchTokens
    }

    package static let drawCounts = 50...5_000
    package static let huberDeltas = 1e-9...1e9
    package static let overheadPercents = 0.1...1_000.0
    package static let anchorBatches = 1e-6...1e15
}

/// A fit and its state. On the wire a finished fit, asked for by its id, also has the member `fit`,
/// whose shape depends on the law.
package struct FitMessage: Sendable, Codable, Hashable {
    package enum Status: String, Sendable, Codable {
        case queued, running, finished, failed, cancelled

        package var isEnd: Bool { self != .queued && self != .running }
    }

    package var id: String
    package var project: ProjectID
    package var law: String
    package var status: Status
    package var `where`: String?
    package var seed: UInt64
    package var options: FitOptionsMessage?
    /// Asked for by the server because runs arrived.
    package var automatic: Bool?
    /// Share done, 0 to 1, while running.
    package var progress: Double?
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var startedAt: Int64?
    package var finishedAt: Int64?
    /// Version of the program that computed it.
    package var codeVersion: String?
    /// Runs the fit was given.
    package var runCount: Int?
    /// Finished runs that are newer than the fit.
    package var staleRuns: Int?
    /// By the symbol of the law's card, in its unit.
    package var parameters: [String: IntervalMessage]?
    /// Value of what was minimised; `diagnostics` says what that is.
    package var objective: Double?
    /// Runs that informed the fit.
    package var runs: Int?
    package var diagnostics: FitDiagnosticsMessage?
    package var error: APIError?

    package init(
        id: String,
        project: ProjectID,
        law: String,
        status: Status,
        seed: UInt64,
        createdAt: Int64
    ) {
        self.id = id
        self.project = project
        self.law = law
        self.status = status
        self.seed = seed
        self.createdAt = createdAt
    }

    /// Takes over what every finished fit says of itself.
    package mutating func describe(_ summary: FitSummaryMessage) {
        parameters = summary.parameters
        objective = summary.objective
        runs = summary.runs
        diagnostics = summary.diagnostics
    }
}

/// A value with its 90 % interval.
package struct IntervalMessage: Sendable, Codable, Hashable {
    package var value: Double
    package var low: Double
    package var high: Double

    package init(value: Double, low: Double, high: Double) {
        self.value = value
        self.low = low
        self.high = high
    }
}

/// What every finished fit says of itself, whatever its law.
package struct FitSummaryMessage: Sendable, Codable, Hashable {
    package var parameters: [String: IntervalMessage]
    package var objective: Double?
    package var runs: Int
    package var diagnostics: FitDiagnosticsMessage
}

/// How a fit went and how far it may be trusted.
package struct FitDiagnosticsMessage: Sendable, Codable, Hashable {
    package var objectiveName: String
    package var isConverged: Bool
    package var starts: Int
    package var startsAtBest: Int
    package var draws: Int
    /// What was resampled: runs or cells.
    package var resampled: String
    /// Root mean square of the relative residuals.
    package var residualPercent: Double?
    /// Mean absolute error on the largest scale when it is left out.
    package var heldOutErrorPercent: Double?
    /// The best naive baseline on the same runs.
    package var baselineErrorPercent: Double?
    package var leftOut: Int
    package var warnings: [String]
    /// nil for a whole fit.
    package var refit: FitRefitMessage?
}

/// What a refit started from: its form and its choices are those of the last whole fit.
package struct FitRefitMessage: Sendable, Codable, Hashable {
    /// Ids of the fit it started from and of the last whole fit.
    package var from: String
    package var wholeFit: String
    /// Runs that the whole fit was given.
    package var wholeFitRuns: Int
    /// Refits since the whole fit, this one counted.
    package var count: Int

    package init(from: String, wholeFit: String, wholeFitRuns: Int, count: Int) {
        self.from = from
        self.wholeFit = wholeFit
        self.wholeFitRuns = wholeFitRuns
        self.count = count
    }
}

/// Answer of `GET /api/v1/fits`.
package struct FitList: Sendable, Codable, Hashable {
    package var fits: [FitMessage]

    package init(fits: [FitMessage]) { self.fits = fits }
}
