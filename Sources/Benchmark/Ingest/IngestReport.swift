/// One row of the ingest table.
struct IngestReport {
    let server: String
    let workload: IngestWorkload
    let outcome: LoadOutcome
    /// CPU from the first request to the last answer.
    let load: Meter.Reading
    /// CPU until nothing was left to merge.
    let total: Meter.Reading
    let drainSeconds: Double
    /// Growth of the database until then.
    let bytes: Int

    static let table = Table([
        "server", "workload", "points/s", "requests/s", "p50 ms", "p90", "p99", "max",
        "CPU µs/point",
        "server", "PostgreSQL", "with merging", "client", "drain s", "bytes/point", "RSS MB",
        "failed",
    ])

    /// CPU microseconds a point of server and database, merging included.
    var microsecondsPerPoint: Double { total.seconds / points * 1e6 }

    private var points: Double { Double(max(outcome.points, 1)) }

    var cells: [String] {
        for failure in outcome.failures { say("failed: \(failure)") }
        let latencies = [0.5, 0.9, 0.99, 1].map { short(outcome.quantile($0)) }
        let cpu = [load.seconds, load.server.seconds, load.database.seconds, total.seconds]
        return [
            server, workload.rawValue, short(outcome.pointsPerSecond),
            short(outcome.requestsPerSecond),
        ] + latencies + (cpu + [outcome.clientSeconds]).map { short($0 / points * 1e6) } + [
            short(drainSeconds), short(Double(bytes) / points),
            short(Double(load.server.residentBytes) / 1e6), "\(outcome.failureCount)",
        ]
    }
}
