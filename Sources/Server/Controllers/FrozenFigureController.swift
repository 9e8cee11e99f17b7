import API
import Foundation
import Hummingbird
import NIOCore
import Runs
import Storage

/// Figures kept as they were on a day, whatever becomes of the runs and fits behind them.
struct FrozenFigureController: Sendable {
    let dependencies: AppDependencies
    private var documents: DocumentStore { dependencies.store.documents }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.freezeFigure, use: freeze)
        router.on(Endpoints.listFrozenFigures) { request, _ in
            try await list(QueryParameters(request))
        }
        router.on(Endpoints.findFrozenFigure) { _, context in
            let found = try await dependencies.lookup.document(
                context.decodedParameter("id"),
                .frozenFigure
            )
            return Response(
                status: .ok,
                headers: [.contentType: "application/json; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: found.body))
            )
        }
        router.on(Endpoints.deleteFrozenFigure) { _, context in
            try await dependencies.lookup.delete(context.decodedParameter("id"), .frozenFigure)
        }
    }

    /// What a list tells of a frozen figure.
    private struct Facts: Codable {
        var kind: String
        var parameters: [String: String]
    }

    private func freeze(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<FrozenFigureMessage> {
        let body = try await request.decode(as: NewFrozenFigure.self, context: context)
        let project = try await dependencies.lookup.project(body.project)
        var parameters = body.parameters ?? [:]
        parameters["project"] = nil
        parameters["format"] = nil
        let figure = try await FigureController(dependencies: dependencies).make(
            body.kind,
            QueryParameters(parameters.merging(["project": project.id.hex]) { $1 })
        )
        let summary = String(figure.summary.prefix(Limits.documentTitleCharacters))
        let title = body.title.flatMap { $0.isEmpty ? nil : $0 } ?? summary
        try DocumentRules.check(title: title)
        let facts = Facts(kind: body.kind, parameters: parameters)
        var document = DocumentStore.Document(
            projectID: project.id,
            kind: .frozenFigure,
            title: title,
            facts: try WireJSON.encoder().encode(facts),
            now: dependencies.now()
        )
        let message = Self.message(document, facts)
        document.body = try Self.frozen(figure, message)
        try DocumentRules.check(body: document.body, limit: Limits.frozenFigureBytes)
        try await documents.create(document, limit: Limits.documentCount)
        return EditedResponse(status: .created, response: message)
    }

    /// The figure's JSON with where it comes from in `layout.meta.frozen`.
    private static func frozen(
        _ figure: PlotlyFigure,
        _ message: FrozenFigureMessage
    ) throws -> Data {
        let encoded = try WireJSON.encoder().encode(figure)
        guard
            case .object(var members) = try WireJSON.decoder().decode(
                AnyJSON.self,
                from: encoded
            ), case .object(var layout) = members["layout"] ?? .null,
            case .object(var meta) = layout["meta"] ?? .null
        else { throw APIError(.internal, "The figure has no layout.") }
        meta["frozen"] = try WireJSON.decoder().decode(
            AnyJSON.self,
            from: try WireJSON.encoder().encode(message)
        )
        layout["meta"] = .object(meta)
        members["layout"] = .object(layout)
        return try WireJSON.encoder().encode(AnyJSON.object(members))
    }

    private func list(_ query: QueryParameters) async throws -> FrozenFigureList {
        let project = try await dependencies.lookup.project(query.required("project"))
        let found = try await documents.list(
            projectID: project.id,
            .frozenFigure,
            limit: Limits.documentCount
        )
        return FrozenFigureList(
            figures: try found.map {
                Self.message($0, try WireJSON.decoder().decode(Facts.self, from: $0.facts))
            }
        )
    }

    private static func message(
        _ document: DocumentStore.Document,
        _ facts: Facts
    ) -> FrozenFigureMessage {
        FrozenFigureMessage(
            id: document.id.hex,
            project: document.projectID,
            title: document.title,
            kind: facts.kind,
            parameters: facts.parameters,
            createdAt: document.createdAt
        )
    }
}

extension FrozenFigureMessage: ResponseEncodable {}
extension FrozenFigureList: ResponseEncodable {}
