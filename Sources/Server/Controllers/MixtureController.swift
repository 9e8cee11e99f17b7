import API
import Foundation
import Hummingbird
import Mixtures
import Runs
import Storage

/// What the runs say of their data mixtures, and what laws say of others.
struct MixtureController: Sendable {
    let dependencies: AppDependencies
    private var service: MixtureService { MixtureService(dependencies: dependencies) }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.swarm) { request, _ in try await swarm(QueryParameters(request)) }
        router.on(Endpoints.predictMixtures) { request, context in
            try await predict(
                await request.decode(as: MixturePredictionBody.self, context: context)
            )
        }
    }

    private func swarm(_ query: QueryParameters) async throws -> SwarmMessage {
        let project = try await dependencies.lookup.project(query.required("project"))
        let table = try await MixtureRuns(store: dependencies.store).table(project.id)
        let fits = try await dependencies.store.fits.latestMixtures(projectID: project.id)
        return SwarmMessage(table, fits: fits)
    }

    /// Mixtures that one request may ask for.
    static let predictionLimit = 10_000

    private func predict(_ body: MixturePredictionBody) async throws -> MixturePredictionList {
        guard (1...Self.predictionLimit).contains(body.mixtures.count) else {
            throw APIError(
                .invalid,
                "1 to \(Self.predictionLimit) mixtures can be predicted at once; there are "
                    + "\(body.mixtures.count).",
                field: "mixtures"
            )
        }
        let project = try await dependencies.lookup.project(body.project)
        var found = try await service.fit(
            project: project.id,
            target: body.target,
            id: body.fit
        )
        found.fit = try found.fit.at(
            parameterCount: body.parameterCount,
            tokenCount: body.tokenCount
        )
        let rows = try body.mixtures.enumerated().map { place, row throws(APIError) in
            (
                row.index ?? String(place),
                try found.fit.ordered(row.proportions, field: "mixtures[\(place)]")
            )
        }
        let fit = found.fit
        let predictions = await dependencies.advice.run {
            let predictor = MixturePredictor(fit)
            return rows.map { MixturePredictionMessage($0.0, predictor.predict($0.1)) }
        }
        var warnings = found.fit.warnings
        if let stale = try await FitService(dependencies: dependencies)
            .staleWarning(found.record)
        {
            warnings.append(stale)
        }
        return MixturePredictionList(
            fit: found.record.id.hex,
            law: found.fit.model.lawID,
            target: found.fit.target,
            predictions: predictions,
            warnings: warnings
        )
    }
}

extension SwarmMessage {
    init(_ table: MixtureTable, fits: [String: UUID]) {
        let available = table.availableTokens
        self.init(
            domains: table.domains.enumerated().map { place, name in
                let shares = table.rows.map { $0.shares[place] }
                return Domain(
                    name: name,
                    least: shares.min() ?? 0,
                    mean: shares.reduce(0, +) / Double(max(1, shares.count)),
                    greatest: shares.max() ?? 0,
                    availableTokens: available[name]
                )
            },
            targets: table.targets.map {
                Target(name: $0.name, runs: $0.count, fit: fits[$0.name]?.hex)
            },
            runs: table.rows.count,
            runsWithoutMixture: table.withoutMixture,
            leftOut: table.leftOut.prefix(100).map {
                LeftOut(run: $0.runName, reason: $0.reason)
            },
            warnings: table.warnings.map {
                MixtureWarningMessage(kind: $0.kind.rawValue, message: $0.message)
            }
        )
    }
}

extension MixturePredictionMessage {
    init(_ index: String, _ prediction: MixturePrediction) {
        self.init(
            index: index,
            prediction: prediction.loss,
            sd: prediction.deviation,
            low: prediction.low,
            high: prediction.high,
            distance: prediction.distance,
            nearestRun: prediction.nearestRun,
            isExtrapolation: prediction.isExtrapolation
        )
    }
}

extension SwarmMessage: ResponseEncodable {}
extension MixturePredictionList: ResponseEncodable {}
