import API
import Foundation
import Hummingbird
import Runs
import Storage

/// Deletion with undo: into the trash, out of it, and away for good.
struct TrashController: Sendable {
    static let defaultPageCount = 100

    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.trash) { request, _ in try await list(QueryParameters(request)) }
        router.on(Endpoints.deleteRun) { _, context in
            try await onRun(context) { (id, now) in try await store.runs.delete(id, now: now) }
        }
        router.on(Endpoints.restoreRun) { _, context in
            try await onRun(context) { (id, now) in try await store.runs.restore(id, now: now) }
        }
        router.on(Endpoints.purgeRun) { _, context in
            try await onRun(context) { (id, now) in
                let outcome = try await store.runs.perform(.purge, on: [id], now: now)
                if let refused = outcome.refused.first { throw refused.reason }
            }
        }
        router.on(Endpoints.deleteProject) { _, context in
            try await onProject(context) { (project, now) in
                guard project.experimentID != 0 else {
                    throw APIError(
                        .conflict,
                        "The project \(project.name) always exists and cannot be deleted.",
                        hint: "Delete its runs instead.",
                        field: "project"
                    )
                }
                try await store.projects.delete(project.id, now: now)
            }
        }
        router.on(Endpoints.restoreProject) { _, context in
            try await onProject(context) { (project, now) in
                try await store.projects.restore(project.id, now: now)
            }
        }
        router.on(Endpoints.purgeProject) { _, context in
            try await onProject(context) { (project, _) in
                try await store.purge.purgeNow(project.id)
            }
        }
    }

    private func list(_ query: QueryParameters) async throws -> TrashMessage {
        let project = try await query.text("project").asyncMap { text in
            try await dependencies.lookup.project(text)
        }
        let range = 1...Int64(Limits.runPageCount)
        let limit = Int(try query.integer("limit", in: range) ?? Int64(Self.defaultPageCount))
        let cursor = try query.text("after").map { text throws(APIError) in
            try Self.cursor(text)
        }
        let isFirst = cursor == nil && project == nil
        let projects = isFirst ? try await store.purge.trashedProjects(limit: limit) : []
        let found = try await store.purge.trashedRuns(
            of: project?.id,
            after: cursor,
            limit: limit + 1
        )
        let runs = found.prefix(limit)
        let next = found.count > limit ? runs.last : nil
        return TrashMessage(
            projects: projects.map(message),
            runs: runs.map(message),
            next: next.map { "\($0.deletedAt)-\($0.id.hex)" }
        )
    }

    private static func cursor(_ text: String) throws(APIError) -> TrashCursor {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let time = Int64(parts[0]), let id = RunID(hex: String(parts[1]))
        else {
            throw APIError(
                .invalid,
                "after is not a cursor of this list.",
                hint: "Send the `next` of the page before, or leave it out.",
                field: "after"
            )
        }
        return TrashCursor(deletedAt: time, id: id)
    }

    private func message(_ project: TrashedProject) -> TrashedProjectMessage {
        TrashedProjectMessage(
            id: project.id,
            name: project.name,
            runCount: project.runCount,
            deletedAt: project.deletedAt,
            purgeAt: purgeAt(project.deletedAt),
            isPurging: project.isPurging
        )
    }

    private func message(_ run: TrashedRun) -> TrashedRunMessage {
        TrashedRunMessage(
            id: run.id,
            name: run.name,
            project: run.projectID,
            projectName: run.projectName,
            deletedAt: run.deletedAt,
            purgeAt: purgeAt(run.deletedAt),
            isPurging: run.isPurging
        )
    }

    private func purgeAt(_ deletedAt: Int64?) -> Int64? {
        let days = dependencies.configuration.purgeAfterDays
        return days > 0 ? deletedAt.map { $0 + days * 24 * 3_600_000_000 } : nil
    }

    private func onRun(
        _ context: IsolossRequestContext,
        _ body: (RunID, Int64) async throws -> Void
    ) async throws -> DeletionMessage {
        let id = try dependencies.lookup.runID(context.decodedParameter("id"), field: "id")
        try await body(id, dependencies.now())
        guard let run = try await store.runs.find(id: id) else {
            throw StorageError.notFound(kind: "run", id: id.hex)
        }
        return DeletionMessage(
            id: id.hex,
            deletedAt: run.deletedAt,
            purgeAt: purgeAt(run.deletedAt),
            isPurging: run.isPurging
        )
    }

    private func onProject(
        _ context: IsolossRequestContext,
        _ body: (Project, Int64) async throws -> Void
    ) async throws -> DeletionMessage {
        let text = try context.decodedParameter("project")
        let found = try await dependencies.lookup.projectOrDeleted(text)
        try await body(found, dependencies.now())
        let project = try await dependencies.lookup.projectOrDeleted(found.id.hex)
        return DeletionMessage(
            id: project.id.hex,
            deletedAt: project.deletedAt,
            purgeAt: purgeAt(project.deletedAt),
            isPurging: project.isPurging
        )
    }
}

extension Optional {
    func asyncMap<Value>(
        _ transform: (Wrapped) async throws -> Value
    ) async rethrows -> Value? {
        if let self { try await transform(self) } else { nil }
    }
}

extension TrashMessage: ResponseEncodable {}
extension DeletionMessage: ResponseEncodable {}
