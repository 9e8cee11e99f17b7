import API
import Hummingbird
import Runs
import Storage

/// Runs side by side: what differs between them.
struct CompareController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.compare) { request, _ in try await compare(QueryParameters(request)) }
    }

    private func compare(_ query: QueryParameters) async throws -> Comparison {
        let ids = try query.list("runs").map { text throws(APIError) in
            try dependencies.lookup.runID(text, field: "runs")
        }
        guard (1...Limits.comparedRunCount).contains(ids.count), Set(ids).count == ids.count else {
            throw APIError(
                .invalid,
                "runs must name 1 to \(Limits.comparedRunCount) different runs; it named "
                    + "\(ids.count).",
                field: "runs"
            )
        }
        let found = try await dependencies.store.runs.find(ids: ids).filter { $0.deletedAt == nil }
        if let missing = ids.first(where: { id in !found.contains { $0.id == id } }) {
            throw APIError(.notFound, "There is no run \(missing.hex).", field: "runs")
        }
        var messages: [RunMessage] = []
        var viewers: [ProjectID: RunViewer] = [:]
        for run in found {
            let viewer: RunViewer
            if let known = viewers[run.projectID] {
                viewer = known
            } else {
                viewer = dependencies.viewer(
                    try await dependencies.lookup.resolver(run.projectID)
                )
                viewers[run.projectID] = viewer
            }
            messages.append(viewer.message(run))
        }
        return RunComparison.compare(
            messages,
            includesCommon: query.text("common") == "true"
        )
    }
}

extension Comparison: ResponseEncodable {}
