import API
import Foundation
import HTTPTypes
import Hummingbird
import Mixtures
import NIOCore
import ScalingLaws
import Storage
import Runs

/// Laws and their fits: a fit is asked for, waits in a queue, and is asked after by id.
struct FitController: Sendable {
    let dependencies: AppDependencies
    private var service: FitService { FitService(dependencies: dependencies) }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.listLaws) { _, _ in LawList(laws: lawCards + mixtureLawCards) }
        router.on(Endpoints.createFit, use: create)
        router.on(Endpoints.listFits) { request, _ in try await list(QueryParameters(request)) }
        router.on(Endpoints.findFit) { _, context in
            try await answer(service.find(context.decodedParameter("id")))
        }
        router.on(Endpoints.diffFits) { request, context in
            try await diff(context.decodedParameter("id"), QueryParameters(request))
        }
        router.on(Endpoints.cancelFit) { _, context in
            let record = try await service.find(context.decodedParameter("id"))
            return try await service.message(of: service.cancel(record))
        }
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<FitMessage> {
        let body = try await request.decode(as: NewFit.self, context: context)
        let project = try await dependencies.lookup.project(body.project)
        if let filter = body.where, !filter.isEmpty {
            _ = try QueryParameters.filter(parsing: filter, field: "where")
        }
        if body.target != nil || MixtureFitJob.laws.contains(body.law) {
            let record = try await MixtureService(dependencies: dependencies)
                .enqueue(body, project.id)
            return EditedResponse(
                status: .accepted,
                response: try await service.message(of: record)
            )
        }
        let law = try ServedLaw(parsing: body.law)
        let record = try await dependencies.fits.enqueue(
            project: project.id,
            law: law,
            where: body.where.flatMap { $0.isEmpty ? nil : $0 },
            seed: body.seed ?? FitService.defaultSeed,
            options: try body.options.map { options throws(APIError) in
                try FitOptions(options, of: law)
            }
        )
        return EditedResponse(status: .accepted, response: try await service.message(of: record))
    }

    private func list(_ query: QueryParameters) async throws -> FitList {
        let project = try await dependencies.lookup.project(query.required("project"))
        let law = try query.text("law").map { text throws(APIError) in
            MixtureFitJob.laws.contains(text) ? text : try ServedLaw(parsing: text).id
        }
        let records = try await dependencies.store.fits.list(projectID: project.id, law: law)
        return FitList(fits: try await service.messages(of: records))
    }

    /// From `other`, else the last fit of the law before it, to the fit.
    private func diff(_ id: String, _ query: QueryParameters) async throws -> FitDiff {
        let after = try await service.find(id)
        var before = try await query.text("other").asyncMap { try await service.find($0) }
        if before == nil { before = try await dependencies.store.fits.before(after) }
        guard let before else {
            throw APIError(
                .invalid,
                "No fit of the law \(after.law) is older than this one.",
                hint: "Name a fit as other.",
                field: "other"
            )
        }
        guard before.law == after.law else {
            throw APIError(
                .invalid,
                "Only fits of one law can be compared; these are of \(before.law) and "
                    + "\(after.law).",
                field: "other"
            )
        }
        for (fit, field) in [(after, "id"), (before, "other")] where fit.status != .finished {
            throw APIError(
                .invalid,
                "The fit \(fit.id.hex) is \(fit.status.rawValue), not finished.",
                field: field
            )
        }
        return try FitComparison.diff(
            before: (try await service.message(of: before), before.result),
            after: (try await service.message(of: after), after.result)
        )
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
extension FitDiff: ResponseEncodable {}
