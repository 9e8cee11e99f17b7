import API
import Foundation
import HTTPTypes
import Hummingbird
import Mixtures
import NIOCore
import Runs

/// Mixtures for a first set of runs, all within bounds.
struct MixtureDesignController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.mixtureDesign, use: design)
        router.on(Endpoints.nextMixtures, use: next)
    }

    /// What runs are wanted next, by name of project and target.
    private struct NextBody: Decodable {
        var project: String
        var target: String
        var request: NextMixtureRequest

        private enum CodingKeys: String, CodingKey { case project, target }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            project = try members.decode(String.self, forKey: .project)
            target = try members.decode(String.self, forKey: .target)
            request = try NextMixtureRequest(from: decoder)
        }
    }

    private func next(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> Response {
        let format = try QueryParameters(request).choice("format", as: PlanExport.Format.self)
        let body = try await request.decode(as: NextBody.self, context: context)
        let project = try await dependencies.lookup.project(body.project)
        let table = try await MixtureRuns(store: dependencies.store).table(project.id)
        let data = try TargetPattern(text: body.target).data(of: table).data
        let asked = body.request
        let plan = try await dependencies.advice.run { () throws(MixtureError) in
            try NextMixtures(data, asked).plan()
        }
        return try Self.answer(plan, format ?? .json)
    }

    /// A design, and the project whose runs it goes on from.
    private struct Body: Decodable {
        var project: String?
        var domains: [String]?
        var design: AnyJSON

        private enum CodingKeys: String, CodingKey { case project, domains }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            project = try members.decodeIfPresent(String.self, forKey: .project)
            domains = try members.decodeIfPresent([String].self, forKey: .domains)
            design = try AnyJSON(from: decoder)
        }
    }

    private func design(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> Response {
        let format = try QueryParameters(request).choice("format", as: PlanExport.Format.self)
        let body = try await request.decode(as: Body.self, context: context)
        var taken: [[String: Double]] = []
        var known: [String] = []
        if let name = body.project {
            let project = try await dependencies.lookup.project(name)
            let table = try await MixtureRuns(store: dependencies.store).table(project.id)
            known = table.domains
            taken = table.rows.map { row in
                Dictionary(zip(table.domains, row.shares), uniquingKeysWith: { first, _ in first })
            }
        }
        let domains = body.domains ?? known
        guard !domains.isEmpty else {
            throw APIError(
                .invalid,
                "A design needs domains, or a project whose runs have mixtures.",
                field: "domains"
            )
        }
        let asked = try Self.request(body.design, domains)
        // Runs over other domains say nothing of where this design has been.
        let before = Set(known) == Set(domains) ? taken : []
        let plan = try await dependencies.advice.run { () throws(MixtureError) in
            try MixtureDesign(asked, taken: before).plan()
        }
        return try Self.answer(plan, format ?? .json)
    }

    private static func request(
        _ json: AnyJSON,
        _ domains: [String]
    ) throws -> MixtureDesignRequest {
        guard case .object(var members) = json else {
            throw APIError(.invalid, "The body of this call is a JSON object.")
        }
        members["domains"] = .array(domains.map { .string($0) })
        members["method"] = members["method"] ?? .string("d-optimal")
        return try WireJSON.decoder().decode(
            MixtureDesignRequest.self,
            from: try WireJSON.encoder().encode(AnyJSON.object(members))
        )
    }

    /// A plan as JSON, YAML or a table; RegMix's many files as names and texts.
    static func answer(_ plan: MixturePlan, _ format: PlanExport.Format) throws -> Response {
        switch format {
        case .json: return try RecommendationController.response(plan)
        case .yaml, .csv:
            let text = try PlanExport.files(plan, as: format).first?.text ?? ""
            let type = format == .yaml ? "application/yaml" : "text/csv"
            return Response(
                status: .ok,
                headers: [.contentType: "\(type); charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: text))
            )
        case .regmix:
            let files = try PlanExport.files(plan, as: format)
            return try RecommendationController.response(
                PlanFiles(files: files.map { .init(name: $0.name, text: $0.text) })
            )
        }
    }

    private struct PlanFiles: Encodable {
        struct File: Encodable {
            var name: String
            var text: String
        }

        var files: [File]
    }
}
