import Foundation
import Postgres
import Runs
import ScalingLaws

/// What PostgreSQL takes for the same bytes with nobody before it: COPY of packed segments through
/// libpq, one transaction each.
struct CopyFloor {
    let server: MeasuredServer

    static let table = Table([
        "COPY alone", "points/s", "commits/s", "PostgreSQL µs/point", "client µs/point",
        "bytes/point",
    ])

    /// Commits `commits` transactions of `rowCount` segments of `pointCount` points each. The
    /// server must be stopped: these segments belong to no run.
    func run(rowCount: Int, pointCount: Int, commits: Int, into table: inout Table) async throws {
        var random = SplitMix64(seed: 5)
        let batches = (0..<commits).map { _ in Self.rows(rowCount, pointCount, &random) }
        let connection = try await Connection.open(server.cluster.conninfo)
        let bytes = batches.reduce(0) { $0 + $1.byteCount }
        let tree = server.cluster.tree
        let before = tree.usage().seconds
        let own = Self.processSeconds()
        let clock = ContinuousClock()
        let start = clock.now
        for batch in batches {
            try await connection.copy(
                into: "segment",
                columns: """
                    run_id, metric_index, segment_id, project_id, point_count, not_finite_count,
                    first_step, last_step, first_time, last_time, min_value, max_value,
                    last_value, step_bytes, time_bytes, value_bytes
                    """,
                batch
            )
        }
        let seconds = (clock.now - start) / .seconds(1)
        let points = Double(commits * rowCount * pointCount)
        table.add([
            "\(rowCount) segments of \(pointCount) points", short(points / seconds),
            short(Double(commits) / seconds),
            short((tree.usage().seconds - before) / points * 1e6),
            short((Self.processSeconds() - own) / points * 1e6), short(Double(bytes) / points),
        ])
    }

    private static func rows(
        _ rowCount: Int,
        _ pointCount: Int,
        _ random: inout SplitMix64
    ) -> CopyRows {
        var rows = CopyRows(fieldCount: 16)
        for _ in 0..<rowCount {
            var points = PointColumns()
            for step in 0..<pointCount {
                points.append(
                    step: Int64(step),
                    time: 1_750_000_000_000_000 + Int64(step) * 100_000
                        + Int64(random.next() & 15) * 1_000,
                    value: 2 + Double.random(in: -0.05...0.05, using: &random)
                )
            }
            let bytes = SegmentCodec.encode(points)
            rows.beginRow()
            rows.append(UUID())
            rows.append(Int32(0))
            rows.append(UUID())
            rows.append(UUID())
            rows.append(Int32(pointCount))
            rows.append(Int32(0))
            rows.append(points.steps.first)
            rows.append(points.steps.last)
            rows.append(points.times.first)
            rows.append(points.times.last)
            rows.append(points.values.min())
            rows.append(points.values.max())
            rows.append(points.values.last)
            rows.append(bytes: bytes.steps)
            rows.append(bytes: bytes.times)
            rows.append(bytes: bytes.values)
        }
        return rows
    }

    /// CPU seconds of this process.
    static func processSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
