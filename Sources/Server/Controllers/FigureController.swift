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
                    .init(kind: $0.kind, title: $0.title, parameters: $0.parameters)
                }
            )
        }
        router.on(Endpoints.figure) { request, context in
            try await figure(context.decodedParameter("kind"), QueryParameters(request))
        }
    }

    private func figure(_ kind: String, _ query: QueryParameters) async throws -> Response {
        guard let type = figureCatalogue.first(where: { $0.kind == kind }) else {
            let known = figureCatalogue.map { $0.kind }.joined(separator: ", ")
            throw APIError(
                .notFound,
                "There is no figure \(kind.prefix(80)); the figures are \(known)."
            )
        }
        let target = try RecommendationController.target(query)
        let record = try await service.record(query)
        let project = try await dependencies.store.projects.find(id: record.projectID)
        let figure = try type.make(
            FigureInput(
                fit: try service.stepLaw(record),
                fitID: record.id.hex,
                projectName: project?.name ?? "",
                target: target
            )
        )
        if query.text("format") == "csv" {
            return Self.response(Data(figure.table.csv.utf8), type: "text/csv; charset=utf-8")
        }
        return Self.response(
            try WireJSON.encoder().encode(figure),
            type: "application/json; charset=utf-8"
        )
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
    }

    var figures: [Item]
}
