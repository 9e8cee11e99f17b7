import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runs
import Storage

/// A project as a log file that the importer reads back: one run a line, written while it is read,
/// so that a project of any size needs the memory of one run.
struct ExportController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.exportProject) { _, context in
            let name = try context.decodedParameter("project")
            return try await export(dependencies.lookup.project(name))
        }
    }

    private func export(_ project: Project) async throws -> Response {
        let runs = try await dependencies.store.runs.all(projectID: project.id)
        let points = dependencies.store.points
        let body = ResponseBody { writer in
            for run in runs {
                var line = ExportedRun(run)
                for metric in run.metrics.keys {
                    let series = try await points.series(run.id, metric: metric)
                    line.metrics[metric] = ExportedSeries(series)
                }
                var bytes = try WireJSON.encoder().encode(line)
                bytes.append(UInt8(ascii: "\n"))
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "application/jsonl; charset=utf-8"],
            body: body
        )
    }
}

/// A line of an export.
private struct ExportedRun: Encodable {
    var name: String
    var status: RunStatus
    /// Microseconds since 1970.
    var startTime: Int64
    var endTime: Int64?
    var params: [String: String]
    var tags: [String: String]
    var metrics: [String: ExportedSeries] = [:]

    init(_ run: Run) {
        name = run.name
        status = run.status
        startTime = run.startTime
        endTime = run.endTime
        params = run.params
        tags = run.tags
    }
}

private struct ExportedSeries: Encodable {
    var steps: [Int64]
    var times: [Int64]
    var values: [Double]

    init(_ points: PointColumns) {
        steps = points.steps
        times = points.times
        values = points.values
    }
}
