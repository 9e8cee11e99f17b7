import API
import Foundation
import HTTPTypes
import Hummingbird
import Importers
import NIOCore
import Runs

/// Files in: an upload becomes a job; its state is asked for by id.
struct ImportController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.createImport, use: create)
        router.on(Endpoints.findImport) { _, context in
            let id = try context.decodedParameter("id")
            guard let message = dependencies.imports.find(id) else {
                throw APIError(
                    .notFound,
                    "There is no import \(id.prefix(80)).",
                    hint: "Imports are forgotten when the server restarts; import the file again, "
                        + "which changes nothing that is stored already."
                )
            }
            return message
        }
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<ImportMessage> {
        let query = try QueryParameters(request)
        let name = try query.required("project")
        let format = query.text("format") ?? "csv"
        _ = try importer(for: format)
        let options = try Self.options(query, now: dependencies.now())
        let body = try await request.body.collect(upTo: Limits.importBodyBytes)
        guard body.readableBytes > 0 else {
            throw APIError(.invalid, "The body is empty; it must be the file.")
        }
        if UUID(hex: name) == nil { try Lookup.checkName(name) }
        let job = ImportJob(
            id: UUID().hex,
            project: name,
            bytes: Array(body.readableBytesView),
            format: format,
            options: options
        )
        return EditedResponse(status: .accepted, response: try dependencies.imports.enqueue(job))
    }

    static func options(_ query: QueryParameters, now: Int64) throws -> ImportOptions {
        var map: [Role: Runs.Expression] = [:]
        for text in query.all("map") {
            let (role, expression) = try mapping(text)
            guard map[role] == nil else {
                throw APIError(.invalid, "\(role.rawValue) is mapped twice.", field: "map")
            }
            map[role] = expression
        }
        let convention = query.text("parameterConvention")
        if let convention { try check(convention: convention) }
        let options = ImportOptions(
            map: map,
            nameColumn: query.text("name"),
            label: query.text("label"),
            where: try query.filter("where"),
            parameterConvention: convention,
            preset: query.text("preset"),
            mixtures: try mixtures(query),
            importTime: now
        )
        // An unknown preset is the request's fault, not the file's.
        _ = try options.applyingPreset()
        return options
    }

    private static func mixtures(
        _ query: QueryParameters
    ) throws(APIError) -> MixtureImportOptions {
        var sizes: [String: Double] = [:]
        for text in query.all("size") {
            let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
            let count = halves.last.flatMap { NumberText.number($0, suffixes: true) }
            guard halves.count == 2, let count, count.isFinite, count > 0 else {
                throw APIError(
                    .invalid,
                    "size must be NAME=PARAMETERS, such as 70M=18915328; it was "
                        + "\(text.prefix(80)).",
                    field: "size"
                )
            }
            sizes[halves[0]] = count
        }
        let domains = query.list("domains")
        guard Set(domains).count == domains.count, domains.count <= Limits.importColumnCount else {
            throw APIError(
                .invalid,
                "domains must be different names, at most \(Limits.importColumnCount) of them.",
                field: "domains"
            )
        }
        return MixtureImportOptions(
            mixtureBytes: try query.integer(
                "mixturesBytes",
                in: 1...Int64(Limits.importBodyBytes)
            ).map(Int.init),
            join: query.text("join"),
            domains: domains,
            parameterCounts: sizes,
            tokensPerStep: try query.positiveNumber("tokensPerStep")
        )
    }

    /// Reads `ROLE=EXPRESSION`.
    private static func mapping(_ text: String) throws(APIError) -> (Role, Runs.Expression) {
        guard let equals = text.firstIndex(of: "=") else {
            throw APIError(
                .invalid,
                "map must be ROLE=EXPRESSION, such as batchTokens=bs*2048; it was "
                    + "\(text.prefix(80)).",
                field: "map"
            )
        }
        let name = text[..<equals].filter { $0 != " " }
        guard let role = Role(rawValue: name) else {
            let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                .invalid,
                "There is no role \(name.prefix(80)); the roles are \(known).",
                field: "map"
            )
        }
        do {
            return (role, try Runs.Expression(parsing: String(text[text.index(after: equals)...])))
        } catch {
            throw APIError(.invalid, "map \(name): \(error.message)", field: "map")
        }
    }

    static func check(convention: String) throws(APIError) {
        guard ParameterConvention.known.contains(convention) else {
            throw APIError(
                .invalid,
                "parameterConvention must be one of "
                    + ParameterConvention.known.joined(separator: ", ")
                    + "; it was \(convention.prefix(80)).",
                field: "parameterConvention"
            )
        }
    }
}

extension ImportMessage: ResponseEncodable {}
