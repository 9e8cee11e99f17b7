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
        let asked = try Question(query, besides: ["project", "law", "fit"])
        let (record, choice) = try await service.record(query, asking: asked) {
            law throws(APIError) in
            if law.id == ServedLaw.stepLaw.id { _ = try Self.stepLawTarget(asked, query) }
        }
        let stale = try await service.staleWarning(record)
        guard record.law == ServedLaw.stepLaw.id else {
            let advisor = Advisor(record: record, thread: dependencies.advice, choice: choice)
            var answer = try await advisor.advise(asked)
            if let stale { answer.warnings.append(stale) }
            return try Self.response(answer)
        }
        var answer = try service.stepLaw(record).recommend(Self.stepLawTarget(asked, query))
        answer.provenance.fitID = record.id.hex
        if let stale { answer.warnings.append(stale) }
        return try Self.response(answer)
    }

    private static let stepLawFields: Set<Question.Field> = [
        .parameters, .tokens, .flops, .batchTokens, .sequenceLength,
    ]

    /// The target of a question for Step Law.
    static func stepLawTarget(
        _ asked: Question,
        _ query: QueryParameters
    ) throws(APIError) -> Target {
        if let odd = asked.values.keys.filter({ !stepLawFields.contains($0) }).map(\.rawValue).min()
        {
            throw APIError(
                .invalid,
                "The law step-law does not use \(odd); it uses "
                    + "\(QuestionRouting.list(stepLawFields)).",
                hint: "Leave it out, or name a law that uses it; `isoloss laws` lists them.",
                field: odd
            )
        }
        guard let target = try target(query) else {
            throw APIError(
                .invalid,
                "A target is missing: parameters and tokens, or flops with one of them.",
                hint: "For example parameters=430M&tokens=8B.",
                field: "parameters"
            )
        }
        return target
    }

    static func response(_ answer: some Encodable) throws -> Response {
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
    /// The fit a query means: the one of `fit`, else the project's newest of `law`, else of the law
    /// that the question itself implies; and why that law.
    /// - Parameter check: refuses a question that the law cannot answer, before anything is fitted.
    func record(
        _ query: QueryParameters,
        asking asked: Question,
        check: (ServedLaw) throws(APIError) -> Void
    ) async throws -> (FitRecord, choice: String?) {
        let named = try query.text("law").map { text throws(APIError) in
            try ServedLaw(parsing: text)
        }
        if let id = query.text("fit") {
            let record = try await find(id)
            if let named, named.id != record.law {
                throw APIError(
                    .invalid,
                    "The fit \(id.prefix(80)) is one of the law \(record.law), not \(named.id).",
                    hint: "Leave law out, or name another fit.",
                    field: "fit"
                )
            }
            try check(try ServedLaw(parsing: record.law))
            return (record, nil)
        }
        let project = try await dependencies.lookup.project(query.required("project"))
        let (law, choice) = try await meant(named, asked, project.id)
        try check(law)
        do {
            return (try await current(project.id, law), choice)
        } catch var error as APIError where named == nil && error.code == .cannotFit {
            error.hint =
                (error.hint.map { $0 + " " } ?? "")
                + "The question was taken as one for the law \(law.id); name another by `law`."
            throw error
        }
    }

    private func meant(
        _ named: ServedLaw?,
        _ asked: Question,
        _ project: ProjectID
    ) async throws -> (ServedLaw, String?) {
        if let named { return (named, nil) }
        return try await choice(asked, project)
    }

    /// Said beside an answer when finished runs are newer than its fit.
    func staleWarning(_ record: FitRecord) async throws -> String? {
        let stale = try await staleRunCount(record)
        guard stale > 0 else { return nil }
        return "\(stale == 1_000 ? "1,000 or more" : "\(stale)") finished runs are newer than "
            + "this fit; fit again to use them."
    }
}
