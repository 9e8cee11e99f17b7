import API
import Foundation
import HTTPTypes
import Hummingbird
import Runs
import Storage

/// Runs of a project, listed.
struct RunController: Sendable {
    static let defaultPageCount = 100

    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.listRuns) { request, _ in try await list(QueryParameters(request)) }
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
        let viewer = dependencies.viewer(resolver)
        return RunList(runs: page.runs.map(viewer.message), next: try page.next?.encoded())
    }
}

extension RunMessage: ResponseEncodable {}
extension RunList: ResponseEncodable {}
