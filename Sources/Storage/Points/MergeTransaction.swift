import Foundation
import Postgres
import Runs

/// One transaction of the merger.
struct MergeTransaction: Sendable {
    let session: Session
    /// Chunks that are read and written anew at a time.
    private static let chunksAtOnce = 32

    /// Segments of one series, as they were taken.
    private struct Fresh: Sendable {
        let key: SeriesKey
        var segmentIDs: [UUID] = []
        var parts: [PointColumns] = []
    }

    func merge(
        _ targets: [MergeTarget],
        before bound: UUID
    ) async throws(StorageError) -> MergeOutcome {
        // Statistics of a table that fills and empties all the time are never right; every
        // statement here goes by a key.
        try await session.execute("SET LOCAL enable_seqscan = off")
        let runIDs = Array(Set(targets.map(\.key.runID))).sorted { $0.uuidString < $1.uuidString }
        let locked = try await MergeLock.tryTake(runIDs, session)
        let held = targets.filter { locked.contains($0.key.runID) }
        let fresh = try await take(held, before: bound)
        guard !fresh.isEmpty else { return MergeOutcome() }
        var outcome = MergeOutcome()
        outcome.segmentCount = fresh.reduce(0) { $0 + $1.segmentIDs.count }
        outcome.pointCount = fresh.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.count } }
        let points = fresh.map { PointColumns.merging($0.parts) }
        let heads = try await heads(zip(fresh, points).map { ($0.key, $1) })
        for ((one, points), heads) in zip(zip(fresh, points), heads) {
            outcome.chunkCount += try await rewrite(one.key, points, heads)
        }
        try await delete(fresh)
        try await MergedCounts.store(fresh.map(\.key), session)
        return outcome
    }

    /// The oldest segments of each series, up to its limit of points.
    private func take(
        _ targets: [MergeTarget],
        before bound: UUID
    ) async throws(StorageError) -> [Fresh] {
        let keys = targets.map(\.key)
        let rows = try await session.rows(
            """
            SELECT \(SegmentRow.columns), s.segment_id
            FROM unnest(\(keys.map(\.runID)), \(keys.map(\.metricIndex)),
                \(targets.map(\.limit))) WITH ORDINALITY
                AS k (run_id, metric_index, bound, place)
            CROSS JOIN LATERAL (
                SELECT *, sum(t.point_count) OVER (ORDER BY t.segment_id
                    ROWS UNBOUNDED PRECEDING) AS running
                FROM segment t
                WHERE t.run_id = k.run_id AND t.metric_index = k.metric_index
                    AND t.segment_id < \(bound)
            ) s
            WHERE s.running <= k.bound OR s.running = s.point_count
            ORDER BY k.place, s.segment_id
            """
        ) { (row) throws(PostgresError) -> (UUID, SegmentRow) in
            (try row.value(6), try SegmentRow(row))
        }
        var fresh: [Fresh] = []
        for (id, segment) in rows {
            if fresh.last?.key != segment.key { fresh.append(Fresh(key: segment.key)) }
            fresh[fresh.count - 1].segmentIDs.append(id)
            fresh[fresh.count - 1].parts.append(segment.points.sortedAndDistinct())
        }
        return fresh
    }

    /// For each series the chunks that its plan asks for.
    private func heads(
        _ series: [(key: SeriesKey, points: PointColumns)]
    ) async throws(StorageError) -> [[ChunkHead]] {
        let rows = try await session.rows(
            """
            SELECT \(ChunkRow.columns), k.place
            FROM unnest(\(series.map(\.key.runID)), \(series.map(\.key.metricIndex)),
                \(series.map { $0.points.steps.first }), \(series.map { $0.points.steps.last }))
                WITH ORDINALITY AS k (run_id, metric_index, low, high, place)
            CROSS JOIN LATERAL (
                SELECT * FROM (
                    SELECT \(ChunkRow.columns) FROM chunk c
                    WHERE c.run_id = k.run_id AND c.metric_index = k.metric_index
                        AND c.last_step < k.low
                    ORDER BY c.last_step DESC LIMIT 2
                ) before
                UNION ALL
                SELECT \(ChunkRow.columns) FROM chunk c
                WHERE c.run_id = k.run_id AND c.metric_index = k.metric_index
                    AND c.last_step >= k.low AND c.first_step <= k.high
            ) c
            """
        ) { (row) throws(PostgresError) -> (Int, ChunkHead) in
            (try row.value(13), try ChunkRow(row).head)
        }
        var heads = [[ChunkHead]](repeating: [], count: series.count)
        for (place, head) in rows { heads[place - 1].append(head) }
        return heads
    }

    /// Writes the chunks of a series that take in fresh points; returns how many were written.
    private func rewrite(
        _ key: SeriesKey,
        _ fresh: PointColumns,
        _ heads: [ChunkHead]
    ) async throws(StorageError) -> Int {
        let plan = MergePlan(fresh: fresh, chunks: heads)
        var count = 0
        var start = 0
        while start < plan.groups.count {
            var end = start + 1
            var chunks = plan.groups[start].chunks.count
            while end < plan.groups.count {
                chunks += plan.groups[end].chunks.count
                if chunks > Self.chunksAtOnce { break }
                end += 1
            }
            count += try await rewrite(key, fresh, plan, start..<end)
            start = end
        }
        return count
    }

    private func rewrite(
        _ key: SeriesKey,
        _ fresh: PointColumns,
        _ plan: MergePlan,
        _ groups: Range<Int>
    ) async throws(StorageError) -> Int {
        let heads = plan.groups[groups].flatMap { plan.chunks[$0.chunks] }
        let stored = try await points(key, heads)
        var rows = CopyRows(fieldCount: ChunkWriting.columnCount)
        var replaced: [ChunkHead] = []
        for group in plan.groups[groups] {
            let chunks = plan.chunks[group.chunks]
            let parts = chunks.compactMap { stored[$0.id] }
            let points = PointColumns.merging([fresh.selecting(group.fresh)] + parts)
            // A batch sent again brings nothing new.
            if points.count == parts.reduce(0, { $0 + $1.count }) { continue }
            replaced += chunks
            let isSplit = chunks.contains(where: \.summary.isShut)
            var start = 0
            for length in MergePlan.pieces(pointCount: points.count, isSplit: isSplit) {
                let piece = points.selecting(start..<start + length)
                ChunkWriting.append(ChunkCodec.encode(piece), id: UUID(), of: key, to: &rows)
                start += length
            }
        }
        try await deleteChunks(key, replaced)
        guard rows.count > 0 else { return 0 }
        try await session.copy(into: "chunk", columns: ChunkWriting.columns, rows)
        return rows.count
    }

    private func points(
        _ key: SeriesKey,
        _ heads: [ChunkHead]
    ) async throws(StorageError) -> [UUID: PointColumns] {
        guard !heads.isEmpty else { return [:] }
        let rows = try await session.rows(
            """
            SELECT c.chunk_id, c.point_count, c.step_bytes, c.time_bytes, c.value_bytes
            FROM unnest(\(heads.map(\.summary.lastStep)), \(heads.map(\.id)))
                AS k (last_step, chunk_id)
            JOIN chunk c ON c.last_step = k.last_step AND c.chunk_id = k.chunk_id
            WHERE c.run_id = \(key.runID) AND c.metric_index = \(key.metricIndex)
            """
        ) { (row) throws(PostgresError) -> (UUID, PointColumns) in
            (try row.value(0), try row.points(count: try row.value(1), from: 2))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func deleteChunks(
        _ key: SeriesKey,
        _ heads: [ChunkHead]
    ) async throws(StorageError) {
        guard !heads.isEmpty else { return }
        let count = try await session.execute(
            """
            DELETE FROM chunk c
            USING unnest(\(heads.map(\.summary.lastStep)), \(heads.map(\.id)))
                AS k (last_step, chunk_id)
            WHERE c.run_id = \(key.runID) AND c.metric_index = \(key.metricIndex)
                AND c.last_step = k.last_step AND c.chunk_id = k.chunk_id
            """
        )
        try Self.demand(count, heads.count)
    }

    private func delete(_ fresh: [Fresh]) async throws(StorageError) {
        let ids = fresh.flatMap(\.segmentIDs)
        let count = try await session.execute(
            """
            DELETE FROM segment s
            USING unnest(\(fresh.flatMap { one in one.segmentIDs.map { _ in one.key.runID } }),
                \(fresh.flatMap { one in one.segmentIDs.map { _ in one.key.metricIndex } }),
                \(ids)) AS k (run_id, metric_index, segment_id)
            WHERE s.run_id = k.run_id AND s.metric_index = k.metric_index
                AND s.segment_id = k.segment_id
            """
        )
        try Self.demand(count, ids.count)
    }

    /// What was read must be what is deleted: otherwise somebody else deleted it meanwhile, and
    /// the transaction must not bring it back.
    private static func demand(_ count: Int, _ wanted: Int) throws(StorageError) {
        guard count == wanted else {
            throw .unavailable("\(wanted - count) rows to be merged went meanwhile")
        }
    }
}
