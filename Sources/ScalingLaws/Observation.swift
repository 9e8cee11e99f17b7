package import Runs

/// What one run tells a law: numbers by role, and its loss curve where the law's card asks for it.
package struct Observation: Sendable, Hashable {
    package var runID: RunID
    package var runName: String
    /// In the units of the roles. A loss is NaN or infinite for a run that blew up.
    package var values: [Role: Double]
    /// nil unless the law's card asks for curves.
    package var curve: LossCurve?

    package init(
        runID: RunID,
        runName: String,
        values: [Role: Double],
        curve: LossCurve? = nil
    ) {
        self.runID = runID
        self.runName = runName
        self.values = values
        self.curve = curve
    }

    /// NaN when the run does not say.
    package subscript(role: Role) -> Double {
        get { values[role] ?? .nan }
        set { values[role] = newValue }
    }
}

extension Observation {
    package init(
        runID: RunID,
        runName: String,
        parameterCount: Double,
        tokenCount: Double,
        peakLearningRate: Double,
        batchTokens: Double,
        lossNats: Double
    ) {
        self.init(
            runID: runID,
            runName: runName,
            values: [
                .parameterCount: parameterCount, .tokenCount: tokenCount,
                .peakLearningRate: peakLearningRate, .batchTokens: batchTokens, .loss: lossNats,
            ]
        )
    }

    /// N; `FitRequest.parameterConvention` says which count it is.
    package var parameterCount: Double {
        get { self[.parameterCount] }
        set { self[.parameterCount] = newValue }
    }
    /// D, training tokens.
    package var tokenCount: Double {
        get { self[.tokenCount] }
        set { self[.tokenCount] = newValue }
    }
    package var peakLearningRate: Double {
        get { self[.peakLearningRate] }
        set { self[.peakLearningRate] = newValue }
    }
    /// Tokens per optimiser step.
    package var batchTokens: Double {
        get { self[.batchTokens] }
        set { self[.batchTokens] = newValue }
    }
    /// Final loss in nats per token; NaN or infinite for a run that blew up.
    package var lossNats: Double {
        get { self[.loss] }
        set { self[.loss] = newValue }
    }
}

/// Loss of one run over its steps, in rising order of steps; columns of equal length.
package struct LossCurve: Sendable, Hashable {
    package var steps: [Double]
    package var lossNats: [Double]
    /// Learning rate at each step; empty when it was not logged.
    package var learningRates: [Double]

    package init(steps: [Double], lossNats: [Double], learningRates: [Double] = []) {
        self.steps = steps
        self.lossNats = lossNats
        self.learningRates = learningRates
    }
}
