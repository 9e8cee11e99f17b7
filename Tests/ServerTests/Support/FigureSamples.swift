import API
import Foundation
import Mixtures
import Runs
import ScalingLaws
import Server
import TestSupport

/// Fits of planted runs for every kind of figure.
enum FigureSamples {
    /// What the controller would give this kind of figure.
    static func material(of type: any Figure.Type) throws -> FigureMaterial {
        let first = type.laws.first
        var material = try (first.flatMap { samples[$0] } ?? chinchilla).get()
        material.source = try source(type.subject)
        if type.readsHistory { material.history = try history() }
        return material
    }

    private static func source(_ subject: FigureSubject) throws -> (any FigureBody)? {
        switch subject {
        case .fit: nil
        case .mixtures: try mixtures.get()
        case .forecast: try forecast.get()
        case .runs: ProjectSamples.runs
        case .pair: ProjectSamples.pair
        case .replay: FinishedRuns(peers)
        case .groups: ProjectSamples.groups
        }
    }

    private static let samples = [
        StepLaw.card.id: stepLaw, CriticalBatch.card.id: criticalBatch,
        IsoFLOP.card.id: Result { try planted(IsoFLOP.self) },
        Stack.card.id: Result { try planted(Stack.self) },
        GradientNoiseScale.card.id: Result { try planted(GradientNoiseScale.self) },
        TransferCheck.card.id: Result { try planted(TransferCheck.self) },
        ModelSelection.card.id: Result { try planted(ModelSelection.self) },
        "mixture-auto": mixture,
    ]

    /// A fit of the law to its own planted project.
    static func planted<L: Law>(_ law: L.Type) throws -> FigureMaterial {
        let runs = PlantedProjects.observations(of: law.card.id) ?? []
        var request = FitRequest(observations: runs)
        request.options.drawCount = 50
        return try material(try law.fit(request), id: law.card.id)
    }

    static let stepLaw = Result {
        try material(try StepLaw.fit(PlantedSweep.request), id: "step")
    }

    static let chinchilla = Result {
        try material(try Chinchilla.fit(PlantedSizes.request), id: "chinchilla")
    }

    static let criticalBatch = Result {
        try material(try CriticalBatch.fit(PlantedBatches.request), id: "batch")
    }

    static let mixture = Result {
        FigureMaterial(
            body: try JSONEncoder().encode(try mixtureFit("loss", [1.5, 0.8])),
            fitID: "mixture",
            projectName: "swarm"
        )
    }

    /// Two targets that want different domains.
    static let mixtures = Result {
        var constraints = MixtureConstraints()
        constraints.availableTokens = ["web": 4e9, "code": 5e8, "other": 1e9]
        return MixtureQuestion(
            fits: [
                try mixtureFit("loss/web", [1.5, 0.8]), try mixtureFit("loss/code", [0.5, 2]),
            ],
            constraints: constraints,
            tokens: 1e10
        )
    }

    /// Forty runs over three domains on L = 2 + (0.1 + a √web + b √code + 0.1 √other)^−0.3.
    static func mixtureFit(_ target: String, _ gains: [Double]) throws -> MixtureFit {
        var random = SplitMix64(seed: 3)
        let runs = (0..<40).map { index in
            let draws = (0..<3).map { _ in -log(random.uniform()) }
            let total = draws.reduce(0, +)
            let shares = draws.map { $0 / total }
            let used = zip(gains + [0.1], shares).reduce(0.1) { $0 + $1.0 * $1.1.squareRoot() }
            return MixtureData.Run(
                id: UUID(timeOrdered: Int64(index), random: (4, UInt64(index))),
                name: "run \(index)",
                proportions: shares,
                loss: 2 + pow(used, -0.3)
            )
        }
        return try MixtureFitter.fit(
            MixtureData(domains: ["web", "code", "other"], runs: runs),
            target: target,
            options: MixtureFitter.Options(predictor: "effective-data", drawCount: 10),
            request: MixtureFitRequest()
        )
    }

    private static func curve(_ scale: Double, _ last: Int) -> LossCurve {
        LossCurve(
            steps: (1...last).map { Double($0) * 10 },
            lossNats: (1...last).map { scale * (2 + 3 / pow(Double($0), 0.4)) }
        )
    }

    /// Twenty-four finished runs that went the same way.
    static let peers = (0..<24).map { peer("peer \($0)", 1 + 0.004 * Double($0)) }

    static func peer(_ name: String, _ scale: Double) -> ForecastRequest.Peer {
        ForecastRequest.Peer(
            runName: name,
            curve: curve(scale, 100),
            horizonSteps: 1000,
            finalLossNats: scale * (2 + 3 / pow(100, 0.4))
        )
    }

    /// A run at half of its steps among them.
    static let forecast = Result {
        let own = curve(1.05, 50)
        return RunForecast(
            runName: "half",
            metric: "loss",
            curve: own,
            forecast: try Forecaster.forecast(
                ForecastRequest(
                    curve: own,
                    horizonSteps: 1000,
                    peers: peers,
                    baselineLossNats: 2 + 3 / pow(100, 0.4)
                )
            )
        )
    }

    private static func material(_ fit: some FittedLaw, id: String) throws -> FigureMaterial {
        FigureMaterial(
            body: try WireJSON.encoder().encode(fit),
            fitID: id,
            projectName: "planted"
        )
    }

    private static func history() throws -> [FitHistory.Entry] {
        let step = try WireJSON.decoder().decode(StepLawFit.self, from: stepLaw.get().body)
        let size = try WireJSON.decoder().decode(NonlinearFit.self, from: chinchilla.get().body)
        return [
            FitHistory.Entry(
                fitID: "earlier",
                law: step.law,
                finishedAt: 1_700_000_000_000_000,
                summary: step.summary
            ),
            FitHistory.Entry(
                fitID: "chinchilla",
                law: size.law,
                finishedAt: 1_700_000_500_000_000,
                summary: size.summary
            ),
            FitHistory.Entry(
                fitID: "step",
                law: step.law,
                finishedAt: 1_700_001_000_000_000,
                summary: step.summary
            ),
        ]
    }
}

/// Runs on L = 1.8 + 480 / N^0.35 + 2000 / D^0.37 with a scatter of 0.2 %.
enum PlantedSizes {
    static var request: FitRequest {
        FitRequest(
            observations: observations,
            parameterConvention: "nonEmbedding",
            lossName: "loss"
        )
    }

    static var observations: [Observation] {
        var runs: [Observation] = []
        for size in [2e7, 6e7, 2e8, 6e8, 2e9] {
            for tokens in [1e9, 4e9, 1.6e10, 6.4e10] {
                runs.append(run(size, tokens, number: runs.count))
            }
        }
        return runs
    }

    static func loss(_ size: Double, _ tokens: Double) -> Double {
        1.8 + 480 / pow(size, 0.35) + 2000 / pow(tokens, 0.37)
    }

    private static func run(_ size: Double, _ tokens: Double, number: Int) -> Observation {
        let wobble = 0.002 * sin(Double(number * number) * 1.7)
        return Observation(
            runID: RunID(UUID(timeOrdered: Int64(number) * 1000, random: (2, UInt64(number)))),
            runName: "run \(number)",
            values: [
                .parameterCount: size, .tokenCount: tokens,
                .loss: loss(size, tokens) * (1 + wobble),
            ]
        )
    }
}

/// Steps S_min·(1 + B_crit / B) to one target at three sizes, B_crit = 2e5·(N / 1e8)^0.5.
enum PlantedBatches {
    static var request: FitRequest {
        var runs: [Observation] = []
        for size in [3e7, 1e8, 3e8] {
            for batch in [16_384.0, 65_536, 262_144, 1_048_576, 4_194_304] {
                let critical = 2e5 * pow(size / 1e8, 0.5)
                let wobble = 1 + 0.004 * sin(Double(runs.count * 7))
                runs.append(
                    Observation(
                        runID: RunID(
                            UUID(timeOrdered: Int64(runs.count), random: (3, UInt64(runs.count)))
                        ),
                        runName: "batch \(runs.count)",
                        values: [
                            .parameterCount: size, .batchTokens: batch, .targetLoss: 3.4,
                            .stepCount: 3000 * (1 + critical / batch) * wobble,
                        ]
                    )
                )
            }
        }
        return FitRequest(observations: runs)
    }
}

/// Noiseless runs around a known optimum.
enum PlantedSweep {
    static var request: FitRequest {
        FitRequest(
            observations: observations,
            parameterConvention: "nonEmbedding",
            lossName: "loss"
        )
    }

    private static var observations: [Observation] {
        var runs: [Observation] = []
        for size in [2e7, 6e7, 1.8e8] {
            for tokens in [5e8, 2e9] {
                for rate in [5e-4, 1e-3, 2e-3, 4e-3, 8e-3] {
                    for batch in [32_768.0, 65_536, 131_072, 262_144] {
                        runs.append(run(size, tokens, rate, batch, number: runs.count))
                    }
                }
            }
        }
        return runs
    }

    private static func run(
        _ size: Double,
        _ tokens: Double,
        _ rate: Double,
        _ batch: Double,
        number: Int
    ) -> Observation {
        let x = log(rate / (2e-3 * pow(size / 6e7, -0.3) * pow(tokens / 1e9, 0.1)))
        let y = log(batch / (9e4 * pow(tokens / 1e9, 0.5)))
        let level = 1.8 + 40 / pow(size, 0.2) + 60 / pow(tokens, 0.2)
        return Observation(
            runID: RunID(UUID(timeOrdered: Int64(number) * 1000, random: (1, UInt64(number)))),
            runName: "run \(number)",
            parameterCount: size,
            tokenCount: tokens,
            peakLearningRate: rate,
            batchTokens: batch,
            lossNats: level * (1 + 0.008 * x * x + 0.003 * y * y)
        )
    }
}
