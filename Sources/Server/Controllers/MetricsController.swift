import HTTPTypes
import Hummingbird
import Metrics
import NIOCore
import Postgres
import Storage

/// `GET /metrics`: what the server says of itself, in Prometheus' text format. Numbers that are
/// cheap to read and change all the time are read when asked for.
struct MetricsController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.get("/metrics") { _, _ in answer() }
    }

    private func answer() -> Response {
        ProcessStatistics.record()
        let load = dependencies.store.database.load
        Meter(label: "isoloss_database_connections", dimensions: [("state", "busy")])
            .set(load.open - load.idle)
        Meter(label: "isoloss_database_connections", dimensions: [("state", "idle")]).set(load.idle)
        Meter(label: "isoloss_database_waiting_tasks").set(load.waiting)
        Meter(label: "isoloss_live_streams").set(dependencies.streams.openCount)
        Meter(label: "isoloss_fits_running").set(dependencies.fits.runningCount)
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: MetricsRegistry.shared.text()))
        )
    }
}
