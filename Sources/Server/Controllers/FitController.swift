import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ScalingLaws
import Storage
import Runs

/// Laws and their fits: a fit is asked for, waits in a queue, and is asked after by id.
struct FitController: Sendable {
    let dependencies: AppDependencies
    private var service: FitService { FitService(dependencies: dependencies) }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.listLaws) { _, _ in LawList(laws: lawCards) }
        router.on(Endpoints.createFit, use: create)
        router.on(Endpoints.listFits) { request, _ in try await list(QueryParameters(request)) }
        router.on(Endpoints.findFit) { _, context in
            try await answer(service.find(context.decodedParameter("id")))
        }
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<FitMessage> {
        let body = try await request.decode(as: NewFit.self, context: context)
        let project = try await dependencies.lookup.project(body.project)
        let law = try ServedLaw(parsing: body.law)
        if let filter = body.where, !filter.isEmpty {
            _ = try QueryParameters.filter(parsing: filter, field: "where")
        }
        let record = try await dependencies.fits.enqueue(
            project: project.id,
            law: law,
            where: body.where.flatMap { $0.isEmpty ? nil : $0 },
            seed: body.seed ?? FitService.defaultSeed
        )
        return EditedResponse(status: .accepted, response: try await service.message(of: record))
    }

    private func list(_ query: QueryParameters) async throws -> FitList {
        let project = try await dependencies.lookup.project(query.required("project"))
        let law = try query.text("law").map { text throws(APIError) in
            try ServedLaw(parsing: text)
        }
        let records = try await dependencies.store.fits.list(
            projectID: project.id,
            law: law?.id
        )
        var fits: [FitMessage] = []
        for record in records.prefix(100) { fits.append(try await service.message(of: record)) }
        return FitList(fits: fits)
    }

    /// The message with the stored body spliced in: the body's shape is the law's own.
    private func answer(_ record: FitRecord) async throws -> Response {
        var bytes = try WireJSON.encoder().encode(try await service.message(of: record))
        if record.status == .finished, let result = record.result {
            bytes.removeLast()
            bytes += Data(",\"fit\":".utf8) + result + Data("}".utf8)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}

/// Answer of `GET /api/v1/laws`.
struct LawList: ResponseEncodable {
    var laws: [LawCard]
}

extension FitMessage: ResponseEncodable {}
extension FitList: ResponseEncodable {}
