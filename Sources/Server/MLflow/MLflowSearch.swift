import NIOCore
import Runs
import Storage

extension MLflowService {
    static let searchRunLimit: Int64 = 50_000

    /// Runs of the named experiments. Without a filter and in the default order reading stops at
    /// the end of the page; else all runs of the experiments are read, filtered and sorted here.
    func searchRuns(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        let limit = try pageLimit(fields, standard: 1_000)
        let lifecycle = try lifecycle(fields, "run_view_type")
        let filter = try MLflowFilter(parsing: fields.string("filter") ?? "")
        let orders = try MLflowOrder.parse(fields.strings("order_by"))
        let token = try fields.string("page_token") ?? ""
        let offset = token.isEmpty ? 0 : try MLflowPageToken.offset(token)
        var projects: [ProjectID: Project] = [:]
        for id in Set(try fields.strings("experiment_ids")) {
            let number = try MLflowNames.experimentID(id)
            let project = try await stored { () async throws(StorageError) in
                try await store.projects.find(experimentID: number)
            }
            if let project { projects[project.id] = project }
        }
        guard !projects.isEmpty else { return MLflowWriter.empty }
        // Storage's order is the default one, so a plain search stops reading at its page's end.
        let isPlain = filter.conditions.isEmpty && orders.isEmpty
        let runs = try await runs(
            of: Array(projects.keys),
            lifecycle,
            atMost: isPlain ? offset + limit + 1 : .max
        )
        let matching = runs.compactMap { run -> FoundRun? in
            guard let project = projects[run.projectID] else { return nil }
            let found = FoundRun(run: run, project: project)
            return filter.matches(found) ? found : nil
        }
        let sorted =
            isPlain
            ? matching
            : orders.sort(matching) { left, right in
                left.run.startTime == right.run.startTime
                    ? left.run.id < right.run.id : left.run.startTime > right.run.startTime
            }
        return MLflowWriter.object { writer in
            writer.array("runs", sorted.dropFirst(offset).prefix(limit)) { writer, found in
                writer.object { $0.run(found.run, in: found.project) }
            }
            if sorted.count > offset + limit {
                writer.field("next_page_token", MLflowPageToken.offset(offset + limit))
            }
        }
    }

    func searchExperiments(_ fields: MLflowFields) async throws(MLflowError) -> ByteBuffer {
        guard try fields.int64("max_results") != nil else { throw .missing("max_results") }
        let limit = try pageLimit(fields, standard: 1_000)
        let lifecycle = try lifecycle(fields, "view_type")
        let filter = try MLflowFilter(parsing: fields.string("filter") ?? "")
        let orders = try MLflowOrder.parse(fields.strings("order_by"))
        let token = try fields.string("page_token") ?? ""
        let offset = token.isEmpty ? 0 : try MLflowPageToken.offset(token)
        let all = try await stored { () async throws(StorageError) in
            try await store.projects.list(includeDeleted: true)
        }
        let matching = all.map(\.project).filter { project in
            switch lifecycle {
            case .all: break
            case .active: guard project.deletedAt == nil else { return false }
            case .deleted: guard project.deletedAt != nil else { return false }
            }
            return filter.matches(project)
        }
        let sorted = orders.sort(matching) { left, right in
            left.createdAt == right.createdAt
                ? left.experimentID < right.experimentID : left.createdAt > right.createdAt
        }
        return MLflowWriter.object { writer in
            writer.array("experiments", sorted.dropFirst(offset).prefix(limit)) { writer, project in
                writer.object { $0.experiment(project) }
            }
            if sorted.count > offset + limit {
                writer.field("next_page_token", MLflowPageToken.offset(offset + limit))
            }
        }
    }

    private func runs(
        of projects: [ProjectID],
        _ lifecycle: RunLifecycle,
        atMost limit: Int
    ) async throws(MLflowError) -> [Run] {
        var runs: [Run] = []
        var cursor: RunCursor?
        repeat {
            let query = RunQuery(
                projectIDs: projects,
                lifecycle: lifecycle,
                order: .startTimeDescending,
                limit: min(Limits.runPageCount, limit - runs.count),
                after: cursor
            )
            let page = try await stored { () async throws(StorageError) in
                try await store.runs.list(query)
            }
            runs += page.runs
            cursor = page.next
        } while cursor != nil && runs.count < limit
        return runs
    }

    private func pageLimit(
        _ fields: MLflowFields,
        standard: Int64
    ) throws(MLflowError) -> Int {
        let limit = try fields.int64("max_results") ?? standard
        guard (1...Self.searchRunLimit).contains(limit) else {
            throw .invalid(
                value: String(limit),
                path: "max_results",
                "It must be 1 to \(Self.searchRunLimit)."
            )
        }
        return Int(limit)
    }

    private func lifecycle(
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
