import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runs
import Storage

/// A project as a log file that the importer reads back, one run a line; and chosen series as such
/// a file or as a table. All is written while it is read, page by page.
struct ExportController: Sendable {
    private enum Format: String, CaseIterable {
        case jsonl
        case csv
    }

    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.exportProject) { _, context in
            let name = try context.decodedParameter("project")
            let project = try await dependencies.lookup.project(name)
            let runs = try await dependencies.store.runs.all(projectID: project.id)
            return try export(runs, metrics: nil, .jsonl, context)
        }
        router.on(Endpoints.exportSeries) { request, context in
            try await exportSeries(QueryParameters(request), context)
        }
    }

    private func exportSeries(
        _ query: QueryParameters,
        _ context: IsolossRequestContext
    ) async throws -> Response {
        let texts = query.list("runs")
        guard (1...Limits.exportedRunCount).contains(texts.count) else {
            throw APIError(
                .invalid,
                "runs must name 1 to \(Limits.exportedRunCount) runs; it named \(texts.count).",
                field: "runs"
            )
        }
        let format = try query.choice("format", as: Format.self) ?? .jsonl
        let ids = try texts.map { text throws(APIError) in
            guard let id = RunID(hex: text) else {
                throw APIError(
                    .invalid,
                    "A run id has 32 hexadecimal digits; one was \(text.prefix(80)).",
                    field: "runs"
                )
            }
            return id
        }
        let runs = try await dependencies.store.runs.find(ids: ids)
        for id in ids where !runs.contains(where: { $0.id == id }) {
            throw APIError(.notFound, "There is no run \(id.hex).", field: "runs")
        }
        let metrics = query.list("metrics")
        return try export(runs, metrics: metrics.isEmpty ? nil : metrics, format, context)
    }

    private func export(
        _ runs: [Run],
        metrics: [String]?,
        _ format: Format,
        _ context: IsolossRequestContext
    ) throws -> Response {
        let client = context.remoteAddress?.ipAddress ?? "unknown"
        guard let place = dependencies.exports.take(client) else {
            throw APIError(
                .unavailable,
                "\(Limits.exportCount) exports are being written already.",
                hint: "Ask again when one of them has ended."
            )
        }
        let points = dependencies.store.points
        let type =
            format == .csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8"
        let body = ResponseBody { writer in
            defer { place.giveBack() }
            var export = SeriesExport(writer, points)
            if format == .csv { export.writeTableHead() }
            for run in runs {
                switch format {
                case .jsonl: try await export.writeLine(run, metrics: metrics)
                case .csv: try await export.writeTable(run, metrics: metrics)
                }
            }
            try await export.finish()
        }
        return Response(status: .ok, headers: [.contentType: type], body: body)
    }
}
