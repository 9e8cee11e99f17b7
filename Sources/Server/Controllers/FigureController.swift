import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ScalingLaws
import Runs
import Storage

/// Figures of a stored fit, as data and layout of the chart library, or as a table.
struct FigureController: Sendable {
    let dependencies: AppDependencies
    private var service: FitService { FitService(dependencies: dependencies) }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.listFigures) { _, _ in
            FigureList(
                figures: figureCatalogue.map {
                    .init(kind: $0.kind, title: $0.title, parameters: $0.parameters, laws: $0.laws)
                }
            )
        }
        router.on(Endpoints.figure) { request, context in
            try await figure(context.decodedParameter("kind"), QueryParameters(request))
        }
    }

    private func figure(_ kind: String, _ query: QueryParameters) async throws -> Response {
        let figure = try await make(kind, query)
        if query.text("format") == "csv" {
            return Self.response(Data(figure.table.csv.utf8), type: "text/csv; charset=utf-8")
        }
        return Self.response(
            try WireJSON.encoder().encode(figure),
            type: "application/json; charset=utf-8"
        )
    }

    func make(_ kind: String, _ query: QueryParameters) async throws -> PlotlyFigure {
        guard let type = figureCatalogue.first(where: { $0.kind == kind }) else {
            let known = figureCatalogue.map { $0.kind }.joined(separator: ", ")
            throw APIError(
                .notFound,
                "There is no figure \(kind.prefix(80)); the figures are \(known)."
            )
        }
        let material = try await material(type, query)
        // A trade-off is many optima.
        let thread = type.subject == .mixtures ? dependencies.optima : dependencies.advice
        return try await thread.run { () throws in try type.make(material) }
    }

    private func material(
        _ type: any Figure.Type,
        _ query: QueryParameters
    ) async throws -> FigureMaterial {
        if type.subject == .mixtures { return try await mixtureMaterial(query) }
        guard type.subject == .fit else {
            let project = try await dependencies.lookup.project(query.required("project"))
            return FigureMaterial(
                body: Data(),
                fitID: "",
                projectName: project.name,
                source: try await source(type.subject, query, project)
            )
        }
        let record = try await record(type.kind, type.laws, query)
        let asksForTarget = type.laws == [StepLaw.card.id] && type.parameters.contains("tokens")
        let project = try await dependencies.store.projects.find(id: record.projectID)
        return FigureMaterial(
            body: record.result ?? Data(),
            fitID: record.id.hex,
            projectName: project?.name ?? "",
            target: asksForTarget ? try RecommendationController.target(query) : nil,
            question: try Self.question(query, type.parameters),
            history: type.readsHistory ? try await history(record) : []
        )
    }

    /// The fit that is meant: a finished one of a law which the figure draws.
    private func record(
        _ kind: String,
        _ laws: [String],
        _ query: QueryParameters
    ) async throws -> FitRecord {
        if let id = query.text("fit") {
            let record = try await service.find(id)
            guard laws.contains(record.law) else {
                throw Self.wrongLaw(kind, laws, record.law, field: "fit")
            }
            guard record.status == .finished, record.result != nil else {
                let isFinished = record.status == .finished
                throw APIError(
                    .invalid,
                    "The fit \(record.id.hex) "
                        + (isFinished ? "keeps its body no longer" : "is \(record.status.rawValue)")
                        + ", so nothing of it can be drawn.",
                    hint: "Name another fit, or ask for a new one.",
                    field: "fit"
                )
            }
            return record
        }
        if laws == MixtureFitJob.laws { return try await mixtureFit(query) }
        let law = try ServedLaw(parsing: query.text("law") ?? laws.first ?? "")
        guard laws.contains(law.id) else {
            throw Self.wrongLaw(kind, laws, law.id, field: "law")
        }
        let project = try await dependencies.lookup.project(query.required("project"))
        return try await service.current(project.id, law)
    }

    private func mixtureFit(_ query: QueryParameters) async throws -> FitRecord {
        let project = try await dependencies.lookup.project(query.required("project"))
        return try await MixtureService(dependencies: dependencies)
            .fit(project: project.id, target: query.required("target"), id: nil).record
    }

    private static func wrongLaw(
        _ kind: String,
        _ laws: [String],
        _ law: String,
        field: String
    ) -> APIError {
        APIError(
            .invalid,
            "The figure \(kind) draws fits of \(laws.joined(separator: ", ")), not of \(law).",
            hint: "GET /api/v1/figures says which figures draw which laws.",
            field: field
        )
    }

    private static func question(
        _ query: QueryParameters,
        _ parameters: [String]
    ) throws(APIError) -> Question {
        var question = Question()
        for name in parameters {
            guard let field = Question.Field(rawValue: name) else { continue }
            question.values[field] = try query.positiveNumber(name)
        }
        return question
    }

    /// Finished fits of the project, oldest first; the one asked about is among them.
    private func history(_ record: FitRecord) async throws -> [FitHistory.Entry] {
        var records = try await dependencies.store.fits.list(projectID: record.projectID)
            .filter { $0.status == .finished }
        if !records.contains(where: { $0.id == record.id }) { records.append(record) }
        return records.compactMap(Self.entry).sorted { $0.finishedAt < $1.finishedAt }
    }

    /// nil for a fit that says nothing of itself, such as one of an earlier version.
    private static func entry(_ record: FitRecord) -> FitHistory.Entry? {
        guard let data = record.summary else { return nil }
        do {
            return FitHistory.Entry(
                fitID: record.id.hex,
                law: record.law,
                finishedAt: record.finishedAt ?? record.createdAt,
                summary: try WireJSON.decoder().decode(FitSummary.self, from: data)
            )
        } catch {
            return nil
        }
    }

    private static func response(_ data: Data, type: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(bytes: data))
        )
    }
}

/// Answer of `GET /api/v1/figures`.
struct FigureList: ResponseEncodable {
    struct Item: Codable {
        var kind: String
        var title: String
        var parameters: [String]
        /// Laws whose fits it draws.
        var laws: [String]
    }

    var figures: [Item]
}
