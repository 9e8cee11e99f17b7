import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
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

    private func list(_ query: QueryParameters) async throws -> Response {
        let project = try await dependencies.lookup.project(query.required("project"))
        let limit = try query.integer("limit", in: 1...Int64(Limits.runPageCount))
        let listing = RunListing(
            filter: try query.filter("q"),
            order: RunListing.Order(query.text("sort")),
            limit: limit.map(Int.init) ?? Self.defaultPageCount,
            after: try query.text("after").map { text throws(APIError) in
                try RunListing.cursor(parsing: text)
            }
        )
        let resolver = try await dependencies.lookup.resolver(project.id)
        let scope = SearchScope(projectID: project.id, resolver: resolver)
        let page = try await store.search.page(listing.search, in: [scope])
        let fields = try query.text("fields").map { _ throws(APIError) in
            try RunFields(query.list("fields"))
        }
        let runs = try await store.runs.find(
            ids: page.ids,
            onlyReading: fields.map { $0.keys.union(resolver.mappedKeys) }
        )
        let viewer = dependencies.viewer(resolver)
        let list = RunList(
            runs: runs.map { run in
                let message = viewer.message(run)
                return fields.map { $0.narrowed(message) } ?? message
            },
            next: try page.next.map(RunListing.text)
        )
        var writer = JSONWriter(capacity: 1_024 * (1 + list.runs.count))
        list.write(to: &writer)
        return Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes))
        )
    }
}

extension RunMessage: ResponseEncodable {}
