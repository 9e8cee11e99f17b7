import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ScalingLaws
import Storage
import Runs

/// What to set for a run of a given size and length.
struct RecommendationController: Sendable {
    let dependencies: AppDependencies
    private var service: FitService { FitService(dependencies: dependencies) }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.recommend) { request, _ in
            try await recommend(QueryParameters(request))
        }
    }

    private func recommend(_ query: QueryParameters) async throws -> Response {
        guard let target = try Self.target(query) else {
            throw APIError(
                .invalid,
                "A target is missing: parameters and tokens, or flops with one of them.",
                hint: "For example parameters=430M&tokens=8B.",
                field: "parameters"
            )
        }
        let record = try await service.record(query)
        var answer = try service.stepLaw(record).recommend(target)
        answer.provenance.fitID = record.id.hex
        let stale = try await service.staleRunCount(record)
        if stale > 0 {
            answer.warnings.append(
                "\(stale == 1_000 ? "1,000 or more" : "\(stale)") finished runs are newer than "
                    + "this fit; fit again to use them."
            )
        }
        return try Self.response(answer)
    }

    private static func response(_ answer: Recommendation) throws -> Response {
        let bytes = try WireJSON.encoder().encode(answer)
        return Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// The target a query describes; nil when it describes none. A FLOPs budget C gives the missing
    /// one of N and D by C = 6·N·D.
    static func target(_ query: QueryParameters) throws(APIError) -> Target? {
        var parameters = try query.positiveNumber("parameters")
        var tokens = try query.positiveNumber("tokens")
        if let flops = try query.positiveNumber("flops") {
            switch (parameters, tokens) {
            case (.some, .some):
                throw APIError(
                    .invalid,
                    "parameters, tokens and flops are one too many: C = 6·N·D gives the third.",
                    hint: "Leave one of them out.",
                    field: "flops"
                )
            case (.some(let known), nil): tokens = flops / (6 * known)
            case (nil, .some(let known)): parameters = flops / (6 * known)
            case (nil, nil):
                throw APIError(
                    .invalid,
                    "A FLOPs budget needs parameters or tokens beside it.",
                    field: "flops"
                )
            }
        }
        let batch = try query.positiveNumber("batchTokens")
        let length = try query.positiveNumber("sequenceLength")
        switch (parameters, tokens) {
        case (nil, nil): return nil
        case (.some, nil):
            throw APIError(.invalid, "The parameter tokens is missing.", field: "tokens")
        case (nil, .some):
            throw APIError(.invalid, "The parameter parameters is missing.", field: "parameters")
        case (.some(let parameters), .some(let tokens)):
            return Target(
                parameterCount: parameters,
                tokenCount: tokens,
                batchTokens: batch,
                sequenceLength: length
            )
        }
    }
}

extension FitService {
    /// The fit a query means: the one of `fit`, else the project's newest of `law`.
    func record(_ query: QueryParameters) async throws -> FitRecord {
        let law = try ServedLaw(parsing: query.text("law") ?? ServedLaw.stepLaw.id)
        if let id = query.text("fit") { return try await find(id) }
        let project = try await dependencies.lookup.project(query.required("project"))
        return try await current(project.id, law)
    }
}
