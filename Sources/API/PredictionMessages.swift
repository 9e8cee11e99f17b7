package import Runs

/// Body of `POST /api/v1/predictions`: which run to come, and which law foretells it.
package struct NewPrediction: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    /// Id of a law's card; absent is that of `fit`, else chinchilla.
    package var law: String?
    /// Id of a finished fit; absent is the newest of the law.
    package var fit: String?
    /// Id of a run that has not finished.
    package var run: String?
    /// Name of a run that has not finished or does not exist yet.
    package var name: String?
    /// By role, in its unit; what is absent is read from `run`.
    package var values: [String: Double]?

    package init(
        project: String,
        law: String? = nil,
        fit: String? = nil,
        run: String? = nil,
        name: String? = nil,
        values: [String: Double]? = nil
    ) {
        self.project = project
        self.law = law
        self.fit = fit
        self.run = run
        self.name = name
        self.values = values
    }
}

/// A loss foretold and frozen, and what became of it.
package struct PredictionMessage: Sendable, Codable, Hashable {
    package var id: String
    package var project: ProjectID
    package var law: String
    package var fit: String
    package var values: [String: Double]
    package var run: String?
    package var name: String?
    /// Nats per token, with the 90 % interval for one run.
    package var predictedLoss: IntervalMessage
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var scoredAt: Int64?
    package var scoredRun: String?
    package var observedLoss: Double?
    /// 100 × (observed / predicted − 1); absent when the run blew up.
    package var errorPercent: Double?
    /// Whether the observed loss lies in the interval.
    package var inside: Bool?
    /// Set while its run has failed; a run that finishes after all scores it.
    package var voidedAt: Int64?
    package var voidRun: String?
    package var voidReason: String?

    package init(
        id: String,
        project: ProjectID,
        law: String,
        fit: String,
        values: [String: Double],
        predictedLoss: IntervalMessage,
        createdAt: Int64
    ) {
        self.id = id
        self.project = project
        self.law = law
        self.fit = fit
        self.values = values
        self.predictedLoss = predictedLoss
        self.createdAt = createdAt
    }

    /// Judges the prediction by the run it was about.
    package mutating func score(observed: Double, run: String, at time: Int64) {
        scoredAt = time
        scoredRun = run
        observedLoss = observed
        errorPercent = observed.isFinite ? 100 * (observed / predictedLoss.value - 1) : nil
        inside = observed >= predictedLoss.low && observed <= predictedLoss.high
    }
}

/// How far predictions held.
package struct CalibrationMessage: Sendable, Codable, Hashable {
    /// Absent for all laws together.
    package var law: String?
    /// Predictions whose run has not ended.
    package var waiting = 0
    /// Predictions whose run failed.
    package var void = 0
    package var scored = 0
    /// Scored ones whose run blew up: outside every interval, and in no mean.
    package var diverged = 0
    /// Share of the scored ones inside their 90 % interval.
    package var insideShare: Double?
    /// Positive when runs end worse than foretold.
    package var meanErrorPercent: Double?
    package var meanAbsoluteErrorPercent: Double?

    package init(law: String? = nil, of predictions: [PredictionMessage]) {
        self.law = law
        let judged = predictions.filter { $0.scoredAt != nil }
        void = predictions.count { $0.scoredAt == nil && $0.voidedAt != nil }
        waiting = predictions.count - judged.count - void
        scored = judged.count
        let errors = judged.compactMap(\.errorPercent)
        diverged = judged.count - errors.count
        guard !judged.isEmpty else { return }
        insideShare = Double(judged.count { $0.inside == true }) / Double(judged.count)
        guard !errors.isEmpty else { return }
        let count = Double(errors.count)
        meanErrorPercent = errors.reduce(0, +) / count
        meanAbsoluteErrorPercent = errors.reduce(0) { $0 + abs($1) } / count
    }
}

/// Answer of `GET /api/v1/predictions`.
package struct PredictionList: Sendable, Codable, Hashable {
    /// Newest first, at most `Limits.listedPredictionCount`.
    package var predictions: [PredictionMessage]
    /// Over all predictions of the project, or of the law asked for.
    package var calibration: CalibrationMessage
    package var laws: [CalibrationMessage]

    /// - Parameter all: newest first.
    package init(_ all: [PredictionMessage]) {
        predictions = Array(all.prefix(Limits.listedPredictionCount))
        calibration = CalibrationMessage(of: all)
        laws = Dictionary(grouping: all, by: \.law)
            .sorted { $0.key < $1.key }
            .map { CalibrationMessage(law: $0.key, of: $0.value) }
    }
}
