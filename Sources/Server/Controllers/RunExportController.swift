import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runs
import Storage

/// A filtered, sorted table of runs as a file, written while it is read.
struct RunExportController: Sendable {
    /// Runs held at a time.
    private static let pageCount = 500

    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.exportRuns) { request, _ in
            try await export(QueryParameters(request))
        }
    }

    private func export(_ query: QueryParameters) async throws -> Response {
        let project = try await dependencies.lookup.project(query.required("project"))
        let format = try query.choice("format", as: RunTable.Format.self) ?? .csv
        let resolver = try await dependencies.lookup.resolver(project.id)
        let listing = RunListing(
            filter: try query.filter("q"),
            order: RunListing.Order(query.text("sort")),
            limit: Int(Int32.max)
        )
        let scope = SearchScope(projectID: project.id, resolver: resolver)
        let ids = try await store.search.page(listing.search, in: [scope]).ids
        let table = RunTable(
            fields: try await fields(query.list("fields"), of: project),
            format: format
        )
        let viewer = dependencies.viewer(resolver)
        let runs = store.runs
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: table.head))
            for start in stride(from: 0, to: ids.count, by: Self.pageCount) {
                let page = Array(ids[start..<min(start + Self.pageCount, ids.count)])
                var buffer = ByteBuffer()
                for run in try await runs.find(ids: page) {
                    buffer.writeBytes(table.line(viewer.message(run)))
                }
                try await writer.write(buffer)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.headers(format), body: body)
    }

    private static func headers(_ format: RunTable.Format) -> HTTPFields {
        switch format {
        case .csv:
            [
                .contentType: "text/csv; charset=utf-8; header=present",
                .contentDisposition: "attachment; filename=\"runs.csv\"",
            ]
        case .jsonl:
            [
                .contentType: "application/jsonl; charset=utf-8",
                .contentDisposition: "attachment; filename=\"runs.jsonl\"",
            ]
        }
    }

    /// The fields asked for, else all that a run has and every param and metric of the project.
    private func fields(_ asked: [String], of project: Project) async throws -> [String] {
        if let unknown = asked.first(where: { !RunTable.isKnown($0) }) {
            throw APIError(
                .invalid,
                "There is no field \(unknown.prefix(80)).",
                hint:
                    "The fields are \(RunTable.headFields.joined(separator: ", ")), and params.X, "
                    + "tags.X, metrics.X and roles.X.",
                field: "fields"
            )
        }
        var fields = asked
        if fields.isEmpty {
            let params = try await store.runs.paramNames(of: project.id)
            let metrics = try await store.points.metricNames(projectID: project.id)
            fields = RunTable.headFields + params.map { "params." + $0 }
            fields += metrics.map(\.name).sorted().map { "metrics." + $0 }
        }
        guard fields.count <= Limits.exportColumnCount else {
            throw APIError(
                .tooLarge,
                "\(fields.count) columns are more than \(Limits.exportColumnCount).",
                hint: "Name those you want by fields.",
                field: "fields"
            )
        }
        return fields
    }
}
