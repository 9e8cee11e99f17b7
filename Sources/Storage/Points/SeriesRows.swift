import Foundation
import Postgres
import Runs

/// A series that a view was asked of.
struct WantedSeries: Sendable {
    let key: SeriesKey
    let name: String
    let axis: PointAxis
    /// Keys on that axis that may lie in the window.
    let keys: ClosedRange<Int64>
    /// Changes whenever points come.
    let version: String

    func mayShow(_ head: ChunkHead) -> Bool {
        let (first, last) = head.summary.keys(axis)
        return last >= keys.lowerBound && first <= keys.upperBound
    }
}

/// What stands for a series before chunks are read.
struct SeriesParts: Sendable {
    var heads: [ChunkHead] = []
    /// Points outside chunks.
    var fresh = PointColumns()
}

/// A chunk to be read, by its primary key, and what is wanted of it.
struct ChunkRequest: Sendable {
    let series: SeriesKey
    let head: ChunkHead
    var wantsSteps = true
    var wantsTimes = true
}

/// The statements behind views of series. Rows come with the place of their request.
enum SeriesRows {
    /// The series of those runs and metrics that exist and have an axis, in the order of the names
    /// given.
    static func wanted(
        _ runIDs: [RunID],
        _ metrics: [String],
        _ axis: SeriesAxis,
        _ window: BucketWindow,
        _ session: Session
    ) async throws(StorageError) -> [WantedSeries] {
        let ids = runIDs.map(\.uuid)
        let found = try await session.rows(
            """
            SELECT m.run_id, m.metric_index, m.name, r.start_time, m.xmin::text
            FROM metric m JOIN run r ON r.run_id = m.run_id
            WHERE m.run_id = ANY(\(ids)) AND m.name = ANY(\(metrics))
            ORDER BY array_position(\(ids), m.run_id), array_position(\(metrics), m.name)
            """
        ) { (row) throws(PostgresError) -> WantedSeries? in
            let key = SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
            guard let axis = axis.axis(of: RunID(key.runID), start: try row.value(3)),
                let keys = axis.keys(in: window)
            else { return nil }
            return WantedSeries(
                key: key,
                name: try row.value(2),
                axis: axis,
                keys: keys,
                version: try row.value(4)
            )
        }
        return found.compactMap { $0 }
    }

    /// Heads and fresh points of each series as far as they may lie in its keys.
    static func parts(
        _ wanted: [WantedSeries],
        byTime: Bool,
        _ session: Session
    ) async throws(StorageError) -> [SeriesKey: SeriesParts] {
        guard !wanted.isEmpty else { return [:] }
        let first: SQL = byTime ? "first_time" : "first_step"
        let last: SQL = byTime ? "last_time" : "last_step"
        func source(_ alias: SQL) -> SQL {
            """
            JOIN unnest(\(wanted.map(\.key.runID)), \(wanted.map(\.key.metricIndex)),
                \(wanted.map(\.keys.lowerBound)), \(wanted.map(\.keys.upperBound))
            ) AS k (run_id, metric_index, low, high)
                ON \(alias).run_id = k.run_id AND \(alias).metric_index = k.metric_index
            WHERE \(alias).run_id = ANY(\(Array(Set(wanted.map(\.key.runID)))))
                AND \(alias).\(last) >= k.low AND \(alias).\(first) <= k.high
            """
        }
        var parts: [SeriesKey: SeriesParts] = [:]
        let fresh = try await session.rows(
            "SELECT \(SegmentRow.columns) FROM segment s \(source("s"))",
            SegmentRow.init
        )
        for row in fresh {
            parts[row.key, default: SeriesParts()].fresh.append(contentsOf: row.points)
        }
        parts = parts.mapValues { SeriesParts(fresh: $0.fresh.sortedAndDistinct()) }
        let heads = try await session.rows(
            "SELECT \(ChunkRow.columns) FROM chunk c \(source("c"))",
            ChunkRow.init
        )
        for row in heads { parts[row.key, default: SeriesParts()].heads.append(row.head) }
        return parts
    }

    /// Rows of (place, number of points, steps?, times?, values).
    static func chunks(
        _ requests: [ChunkRequest],
        _ session: Session
    ) async throws(StorageError) -> [Row] {
        guard !requests.isEmpty else { return [] }
        return try await session.rows(
            """
            SELECT k.place, c.point_count, CASE WHEN k.steps THEN c.step_bytes END,
                CASE WHEN k.times THEN c.time_bytes END, c.value_bytes
            FROM unnest(\(places(requests)), \(requests.map(\.wantsSteps)),
                \(requests.map(\.wantsTimes)), \(requests.map(\.series.runID)),
                \(requests.map(\.series.metricIndex)), \(requests.map(\.head.summary.lastStep)),
                \(requests.map(\.head.id))
            ) AS k (place, steps, times, run_id, metric_index, last_step, chunk_id)
            \(lookUp)
            """
        ) { $0 }
    }

    /// Rows of (place, summaries of the chunk's blocks).
    static func blocks(
        _ requests: [ChunkRequest],
        _ session: Session
    ) async throws(StorageError) -> [(place: Int, blocks: [BlockSummary])] {
        guard !requests.isEmpty else { return [] }
        return try await session.rows(
            """
            SELECT k.place, c.block_bytes
            FROM unnest(\(places(requests)), \(requests.map(\.series.runID)),
                \(requests.map(\.series.metricIndex)), \(requests.map(\.head.summary.lastStep)),
                \(requests.map(\.head.id))
            ) AS k (place, run_id, metric_index, last_step, chunk_id)
            \(lookUp)
            """
        ) { (row) throws(PostgresError) in
            let bytes: [UInt8] = try row.value(1)
            let blocks = try row.decoding { () throws(SegmentError) in
                try ChunkCodec.decodeBlocks(bytes)
            }
            return (place: try row.value(0), blocks: blocks)
        }
    }

    /// Rows of (place, bytes of the keys, bytes of the values) of single blocks.
    static func slices(
        _ requests: [(chunk: ChunkRequest, block: BlockSummary)],
        byTime: Bool,
        _ session: Session
    ) async throws(StorageError) -> [Row] {
        guard !requests.isEmpty else { return [] }
        let chunks = requests.map(\.chunk)
        let blocks = requests.map(\.block)
        let keyOffsets = blocks.map { Int32(1 + (byTime ? $0.timeOffset : $0.stepOffset)) }
        let keyLengths = blocks.map { Int32(byTime ? $0.timeLength : $0.stepLength) }
        let column: SQL = byTime ? "time_bytes" : "step_bytes"
        return try await session.rows(
            """
            SELECT k.place, substring(c.\(column) FROM k.key_offset FOR k.key_length),
                substring(c.value_bytes FROM k.value_offset FOR k.value_length)
            FROM unnest(\(places(requests)), \(keyOffsets), \(keyLengths),
                \(blocks.map { Int32(1 + $0.valueOffset) }), \(blocks.map { Int32($0.valueLength) }),
                \(chunks.map(\.series.runID)), \(chunks.map(\.series.metricIndex)),
                \(chunks.map(\.head.summary.lastStep)), \(chunks.map(\.head.id))
            ) AS k (place, key_offset, key_length, value_offset, value_length, run_id,
                metric_index, last_step, chunk_id)
            \(lookUp)
            """
        ) { $0 }
    }

    private static func places(_ requests: [some Any]) -> [Int] { Array(requests.indices) }

    /// One index look-up for each request, whatever the planner thinks of their number.
    private static let lookUp: SQL = """
        CROSS JOIN LATERAL (
            SELECT * FROM chunk c
            WHERE c.run_id = k.run_id AND c.metric_index = k.metric_index
                AND c.last_step = k.last_step AND c.chunk_id = k.chunk_id LIMIT 1
        ) c
        """
}

extension SeriesAxis {
    var isTime: Bool {
        switch self {
        case .step, .mapped: false
        case .time, .relativeTime: true
        }
    }

    /// nil for a run without a map.
    func axis(of run: RunID, start: Int64) -> PointAxis? {
        switch self {
        case .step: .step
        case .time: .time
        case .relativeTime: .relativeTime(start: start)
        case .mapped(let maps): maps[run].map { .mapped($0) }
        }
    }
}
