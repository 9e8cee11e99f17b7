import API
import Hummingbird
import Runs
import Storage

/// One operation on many runs, in transactions of a few hundred runs each: what a later one
/// refuses leaves the earlier ones done, and the answer counts both.
struct BulkController: Sendable {
    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.bulk) { request, context in
            try await perform(request.decode(as: BulkRequest.self, context: context))
        }
    }

    private func perform(_ body: BulkRequest) async throws -> BulkAnswer {
        let operation = try Self.operation(body, now: dependencies.now())
        let ids = try await runs(body)
        let isDryRun = body.dryRun ?? false
        var answer = BulkAnswer(matched: ids.count, changed: 0, refused: [], dryRun: isDryRun)
        for start in stride(from: 0, to: ids.count, by: Limits.bulkStepCount) {
            try Task.checkCancellation()
            let outcome = try await store.runs.perform(
                operation,
                on: Array(ids[start..<min(start + Limits.bulkStepCount, ids.count)]),
                now: dependencies.now(),
                isDryRun: isDryRun
            )
            answer.changed += outcome.changed.count
            answer.refused += outcome.refused.map {
                BulkAnswer.Refusal(run: $0.id, reason: $0.reason.message)
            }
        }
        return answer
    }

    private func runs(_ body: BulkRequest) async throws -> [RunID] {
        if let runs = body.runs {
            guard body.project == nil, body.q == nil else {
                throw APIError(
                    .invalid,
                    "Name the runs either by runs, or by project and q.",
                    field: "runs"
                )
            }
            return try Self.bounded(Array(Set(runs)).sorted(), field: "runs")
        }
        guard let name = body.project else {
            throw APIError(
                .invalid,
                "The runs are missing: name them by runs, or by project and q.",
                field: "runs"
            )
        }
        let project = try await dependencies.lookup.project(name)
        let filter = try body.q.map { text throws(APIError) in
            try QueryParameters.filter(parsing: text, field: "q")
        }
        let resolver = try await dependencies.lookup.resolver(project.id)
        let order = RunListing.Order("name")
        var search = RunListing(filter: filter, order: order, limit: Limits.bulkRunCount + 1).search
        let isOfDeleted = body.operation == .restore || body.operation == .purge
        search.lifecycle = isOfDeleted ? .deleted : .active
        let scope = SearchScope(projectID: project.id, resolver: resolver)
        let found = try await store.search.page(search, in: [scope]).ids
        return try Self.bounded(found.sorted(), field: "q")
    }

    private static func bounded(_ ids: [RunID], field: String) throws(APIError) -> [RunID] {
        guard ids.count <= Limits.bulkRunCount else {
            throw APIError(
                .tooLarge,
                "One operation takes at most \(Limits.bulkRunCount) runs; these are more.",
                hint: "Do it in parts.",
                field: field
            )
        }
        return ids
    }

    private static func operation(_ body: BulkRequest, now: Int64) throws -> RunOperation {
        func missing(_ field: String) -> APIError {
            let text = "\(body.operation.rawValue) needs \(field)."
            return APIError(.invalid, text, field: field)
        }
        var update = RunUpdate()
        switch body.operation {
        case .delete: return .delete
        case .restore: return .restore
        case .purge: return .purge
        case .tag:
            guard let tags = body.tags, !tags.isEmpty else { throw missing("tags") }
            try RunRules.check(tags, field: "tags", limit: Limits.tagValueCharacters)
            update.tags = tags
        case .untag:
            guard let keys = body.keys, !keys.isEmpty else { throw missing("keys") }
            for key in keys { update.tags[key] = .some(nil) }
            let tags = update.tags.mapValues { _ in "" }
            try RunRules.check(tags, field: "keys", limit: Limits.tagValueCharacters)
        case .group:
            guard let group = body.group else { throw missing("group") }
            try RunRules.check(group: group)
            update.group = group.isEmpty ? .clear : .set(group)
        case .status:
            guard let status = body.status else { throw missing("status") }
            update.status = status
            if status.hasEnded { update.endTimeIfNone = now }
        }
        return .edit(update)
    }
}

extension BulkAnswer: ResponseEncodable {}
