import API
import Foundation
import Hummingbird
import Runs
import ScalingLaws
import Storage

/// The ledger: losses foretold for runs to come, frozen, and scored when those runs finish.
struct PredictionController: Sendable {
    let dependencies: AppDependencies
    private var service: FitService { FitService(dependencies: dependencies) }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.createPrediction, use: create)
        router.on(Endpoints.listPredictions) { request, _ in
            try await list(QueryParameters(request))
        }
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<PredictionMessage> {
        let body = try await request.decode(as: NewPrediction.self, context: context)
        let project = try await dependencies.lookup.project(body.project)
        let (law, fit) = try await fit(body, project)
        var values: [Role: Double] = [:]
        let roles = (law.card.inputs + law.card.optionalInputs).filter { $0 != .loss }
        let run = try await body.run.asyncMap { try await unfinished($0, of: project) }
        if let run {
            let found = try await dependencies.lookup.resolver(project.id).resolve(run)
            values = found.values.filter { roles.contains($0.key) }
        }
        values.merge(try Self.values(body.values ?? [:], roles, law)) { $1 }
        guard let stored = fit.result else { throw APIError(bodilessFit: fit) }
        let foretold = try law.predict(values, fit: stored)
        let prediction = Prediction(
            id: UUID(),
            projectID: project.id,
            law: law.id,
            fitID: fit.id,
            values: values,
            runID: run?.id,
            runName: run?.name ?? body.name.flatMap { $0.isEmpty ? nil : $0 },
            predicted: foretold.value,
            low: min(foretold.runLow, foretold.value),
            high: max(foretold.runHigh, foretold.value),
            createdAt: dependencies.now()
        )
        try await dependencies.store.predictions.freeze(prediction, limit: Limits.predictionCount)
        return EditedResponse(status: .created, response: PredictionMessage(prediction))
    }

    /// The fit a prediction rests on, made first if the project has none of the law.
    private func fit(
        _ body: NewPrediction,
        _ project: Project
    ) async throws -> (ServedLaw, FitRecord) {
        guard let id = body.fit else {
            let law = try ServedLaw(parsing: body.law ?? "chinchilla")
            return (law, try await service.current(project.id, law))
        }
        let record = try await service.find(id)
        guard record.projectID == project.id, record.status == .finished,
            body.law.map({ $0 == record.law }) ?? true
        else {
            throw APIError(
                .invalid,
                "The fit \(record.id.hex) is \(record.status.rawValue), of the law \(record.law), "
                    + "and must be a finished one of this project and law.",
                field: "fit"
            )
        }
        return (try ServedLaw(parsing: record.law), record)
    }

    private func unfinished(_ text: String, of project: Project) async throws -> Run {
        let run = try await dependencies.lookup.run(text)
        guard run.projectID == project.id else {
            throw APIError(.invalid, "The run \(run.name) is of another project.", field: "run")
        }
        guard run.status == .running || run.status == .scheduled else {
            throw APIError(
                .conflict,
                "The run \(run.name) has ended; what it did can no longer be foretold.",
                field: "run"
            )
        }
        return run
    }

    private static func values(
        _ given: [String: Double],
        _ known: [Role],
        _ law: ServedLaw
    ) throws(APIError) -> [Role: Double] {
        var values: [Role: Double] = [:]
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let role = Role(rawValue: name), known.contains(role) else {
                let names = known.map(\.rawValue).joined(separator: ", ")
                throw APIError(
                    .invalid,
                    "The law \(law.id) does not read \(name.prefix(80)); it reads \(names).",
                    field: "values"
                )
            }
            guard value.isFinite, value > 0 else {
                throw APIError(
                    .invalid,
                    "\(name) must be a positive number; it was \(value).",
                    field: "values.\(name)"
                )
            }
            values[role] = value
        }
        return values
    }

    private func list(_ query: QueryParameters) async throws -> PredictionList {
        let project = try await dependencies.lookup.project(query.required("project"))
        let law = try query.text("law").map { text throws(APIError) in
            try ServedLaw(parsing: text)
        }
        let found = try await dependencies.store.predictions.list(
            projectID: project.id,
            law: law?.id,
            limit: Limits.predictionCount
        )
        return PredictionList(found.map { PredictionMessage($0) })
    }
}

extension PredictionMessage {
    init(_ prediction: Prediction) {
        let values = prediction.values.map { ($0.key.rawValue, $0.value) }
        self.init(
            id: prediction.id.hex,
            project: prediction.projectID,
            law: prediction.law,
            fit: prediction.fitID.hex,
            values: Dictionary(values, uniquingKeysWith: { first, _ in first }),
            predictedLoss: IntervalMessage(
                value: prediction.predicted,
                low: prediction.low,
                high: prediction.high
            ),
            createdAt: prediction.createdAt
        )
        run = prediction.runID?.hex
        name = prediction.runName
        if let found = prediction.score {
            score(observed: found.observed, run: found.runID.hex, at: found.scoredAt)
        }
        voidedAt = prediction.void?.voidedAt
        voidRun = prediction.void?.runID.hex
        voidReason = prediction.void?.reason
    }
}

extension APIError {
    /// Only the last refits keep what the law found.
    init(bodilessFit record: FitRecord) {
        self.init(
            .invalid,
            "The fit \(record.id.hex) is \(record.status.rawValue) and has no body to ask.",
            hint: "Wait until it is finished, or name a newer one: old refits keep only their "
                + "summary.",
            field: "fit"
        )
    }
}

extension PredictionMessage: ResponseEncodable {}
extension PredictionList: ResponseEncodable {}
