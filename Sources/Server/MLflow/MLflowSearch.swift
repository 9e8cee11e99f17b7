import NIOCore
import Runs
import Storage

extension MLflowService {
    static let searchRunLimit: Int64 = 50_000

    /// Runs of the named experiments. Their columns are filtered and sorted; only the runs of the
    /// page are read whole.
    func searchRuns(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let limit = try pageLimit(fields)
        let lifecycle = try lifecycle(fields, "run_view_type")
        let filter = try MLflowFilter(parsing: fields.string("filter") ?? "")
        let orders = try MLflowOrder.parse(fields.strings("order_by"))
        let order = orders.searchOrder
        let sent = try fields.string("page_token") ?? ""
        let after = sent.isEmpty ? nil : try MLflowPageToken.runs(sent, order: order)
        let projects = try await projects(fields.strings("experiment_ids"))
        guard !projects.isEmpty else { return MLflowWriter.empty }
        let datasets = try await datasets(filter, Array(projects.keys))
        let mask: RunSearch.Mask = { block in
            guard let project = projects[block.projectID] else {
                return [Bool](repeating: false, count: block.count)
            }
            return filter.mask(block, in: project, datasets: datasets)
        }
        let search = RunSearch(
            filterKeys: filter.keys,
            filter: filter.conditions.isEmpty ? nil : mask,
            lifecycle: lifecycle,
            order: order,
            limit: limit,
            after: after
        )
        let page = try await stored { () async throws(StorageError) in
            try await store.search.page(
                search,
                in: projects.keys.map { SearchScope(projectID: $0) }
            )
        }
        let runs = try await stored { () async throws(StorageError) in
            try await store.runs.find(ids: page.ids)
        }
        let links = try await stored { () async throws(StorageError) in
            try await store.links.find(page.ids)
        }
        let next: String? =
            if let cursor = page.next {
                try MLflowPageToken.runs(cursor, order: order)
            } else {
                nil
            }
        return MLflowWriter.object(capacity: 1_024 * (1 + runs.count)) { writer in
            writer.array("runs", runs) { writer, run in
                guard let project = projects[run.projectID] else { return }
                writer.object { $0.run(run, in: project, links[run.id] ?? RunLinks()) }
            }
            writer.field("next_page_token", next)
        }
    }

    /// The runs that meet each condition on datasets.
    private func datasets(
        _ filter: MLflowFilter,
        _ projects: [ProjectID]
    ) async throws(MLflowError) -> [MLflowFilter.Condition: Set<RunKey>] {
        let conditions = filter.datasetConditions
        guard !conditions.isEmpty else { return [:] }
        let runs = try await stored { () async throws(StorageError) in
            try await store.search.runs(
                in: projects,
                useTag: "mlflow.data.context",
                datasetsMeeting: conditions.map { condition in { condition.holds(for: $0) } }
            )
        }
        return Dictionary(zip(conditions, runs), uniquingKeysWith: { first, _ in first })
    }

    /// The experiments of these ids; unknown ones are left out.
    private func projects(_ ids: [String]) async throws(MLflowError) -> [ProjectID: Project] {
        var numbers: Set<Int64> = []
        for id in ids { numbers.insert(try MLflowNames.experimentID(id)) }
        let wanted = numbers.sorted()
        guard !wanted.isEmpty else { return [:] }
        let found = try await stored { () async throws(StorageError) in
            try await store.projects.find(experimentIDs: wanted)
        }
        return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func pageLimit(_ fields: MLflowFields) throws(MLflowError) -> Int {
        let limit = try fields.int64("max_results") ?? 1_000
        guard (1...Self.searchRunLimit).contains(limit) else {
            throw .invalid(
                value: String(limit),
                path: "max_results",
                "It must be 1 to \(Self.searchRunLimit)."
            )
        }
        return Int(limit)
    }

    func lifecycle(
        _ fields: MLflowFields,
        _ name: String
    ) throws(MLflowError) -> RunLifecycle {
        switch try fields.string(name) ?? "ACTIVE_ONLY" {
        case "ACTIVE_ONLY", "": return .active
        case "DELETED_ONLY": return .deleted
        case "ALL": return .all
        case let other:
            throw .invalid(
                value: MLflowWriter.quoted(other),
                path: name,
                "It must be ACTIVE_ONLY, DELETED_ONLY or ALL."
            )
        }
    }
}
