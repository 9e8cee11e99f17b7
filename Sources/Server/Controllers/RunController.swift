import API
import Foundation
import HTTPTypes
import Hummingbird
import Runs
import Storage

/// Runs: listed, made, found, changed.
struct RunController: Sendable {
    static let defaultPageCount = 100

    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.listRuns) { request, _ in try await list(QueryParameters(request)) }
        router.on(Endpoints.createRun, use: create)
        router.on(Endpoints.findRun) { _, context in
            let run = try await dependencies.lookup.run(context.decodedParameter("id"))
            return try await message(of: run)
        }
        router.on(Endpoints.patchRun, use: patch)
    }

    private func list(_ query: QueryParameters) async throws -> RunList {
        let project = try await dependencies.lookup.project(query.required("project"))
        let limit = try query.integer("limit", in: 1...Int64(Limits.runPageCount))
        let listing = RunListing(
            filter: try query.filter("q"),
            order: RunListing.Order(query.text("sort")),
            limit: limit.map(Int.init) ?? Self.defaultPageCount,
            after: try query.text("after").map { text throws(APIError) in
                try RunListing.Cursor(parsing: text)
            }
        )
        let resolver = try await dependencies.lookup.resolver(project.id)
        let page = listing.page(
            try await store.runs.all(projectID: project.id),
            resolver: resolver
        )
        let viewer = RunViewer(resolver: resolver, now: dependencies.now())
        return RunList(runs: page.runs.map(viewer.message), next: try page.next?.encoded())
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<RunMessage> {
        let body = try await request.decode(as: NewRunMessage.self, context: context)
        let now = dependencies.now()
        try Self.check(name: body.name)
        try Self.check(body.params ?? [:], field: "params", limit: Limits.paramValueCharacters)
        try Self.check(body.tags ?? [:], field: "tags", limit: Limits.tagValueCharacters)
        let project = try await dependencies.lookup.projectMakingIt(body.project, now: now)
        var generator = SystemRandomNumberGenerator()
        let random = (generator.next(), generator.next())
        let run = try await store.runs.create(
            NewRun(
                id: RunID(UUID(timeOrdered: now, random: random)),
                projectID: project.id,
                name: body.name,
                startTime: now,
                params: body.params ?? [:],
                tags: body.tags ?? [:]
            ),
            now: now
        )
        return EditedResponse(status: .created, response: try await message(of: run))
    }

    private func patch(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> RunMessage {
        let run = try await dependencies.lookup.run(context.decodedParameter("id"))
        let body = try await request.decode(as: RunPatch.self, context: context)
        let now = dependencies.now()
        if let name = body.name { try Self.check(name: name) }
        if let tags = body.tags, !tags.isEmpty {
            try Self.check(tags, field: "tags", limit: Limits.tagValueCharacters)
            try await store.writer.write(RunBatch(runID: run.id, tags: tags), now: now)
        }
        let hasEnded = body.status.map { $0 != .running && $0 != .scheduled } ?? false
        let update = RunUpdate(
            status: body.status,
            endTime: body.endTime ?? (hasEnded && run.endTime == nil ? now : nil),
            name: body.name
        )
        return try await message(of: try await store.runs.update(run.id, update, now: now))
    }

    private func message(of run: Run) async throws -> RunMessage {
        let resolver = try await dependencies.lookup.resolver(run.projectID)
        return RunViewer(resolver: resolver, now: dependencies.now()).message(run)
    }

    private static func check(name: String) throws(ValidationError) {
        guard name.count <= Limits.runNameCharacters, !name.unicodeScalars.contains("\0") else {
            throw ValidationError(
                field: "name",
                rule: "at most \(Limits.runNameCharacters) characters",
                given: name
            )
        }
    }

    private static func check(
        _ pairs: [String: String],
        field: String,
        limit: Int
    ) throws(ValidationError) {
        guard pairs.count <= Limits.batchEntityCount else {
            throw ValidationError(
                field: field,
                rule: "at most \(Limits.batchEntityCount) entries",
                given: "\(pairs.count)"
            )
        }
        for (key, value) in pairs {
            let isPrintable = key.unicodeScalars.allSatisfy { !$0.properties.isControl }
            guard (1...Limits.keyCharacters).contains(key.count), isPrintable else {
                throw ValidationError(
                    field: "\(field) key",
                    rule: "1 to \(Limits.keyCharacters) printable characters",
                    given: key
                )
            }
            guard value.count <= limit, !value.unicodeScalars.contains("\0") else {
                throw ValidationError(
                    field: "\(field).\(key)",
                    rule: "at most \(limit) characters",
                    given: "\(value.count) characters"
                )
            }
        }
    }
}

extension RunMessage: ResponseEncodable {}
extension RunList: ResponseEncodable {}
