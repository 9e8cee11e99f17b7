import Foundation
import Postgres
import Runs
import Storage
import TestSupport
import Testing

@Suite struct MergeTests {
    private struct StoredChunk {
        var head: ChunkHead
        var points: PointColumns
    }

    /// All chunks of a database in series order; checks what each says of itself.
    private func chunks(_ store: Store) async throws -> [StoredChunk] {
        let rows = try await store.database.query(
            """
            SELECT point_count, block_bytes, step_bytes, time_bytes, value_bytes, chunk_id,
                first_step, last_step, min_value, max_value, last_value, first_time, last_time,
                not_finite_count, is_time_ordered
            FROM chunk
            """
        )
        let found = try rows.map { row in
            let bytes = SegmentBytes(
                steps: try row.value(2),
                times: try row.value(3),
                values: try row.value(4)
            )
            let points = try ChunkCodec.decode(bytes, count: try row.value(0))
            let expected = ChunkCodec.encode(points)
            #expect(expected.blockBytes == (try row.value(1)))
            #expect(isSame(points.sortedAndDistinct(), points))
            let summary = ChunkSummary(
                pointCount: points.count,
                notFiniteCount: try row.value(13),
                firstStep: try row.value(6),
                lastStep: try row.value(7),
                firstTime: try row.value(11),
                lastTime: try row.value(12),
                isTimeOrdered: try row.value(14),
                minimum: try row.optional(8),
                maximum: try row.optional(9),
                last: try row.value(10)
            )
            #expect(summary == expected.summary)
            return StoredChunk(
                head: ChunkHead(id: try row.value(5), summary: summary),
                points: points
            )
        }
        return found.sorted { left, right in
            var both = left.points.selecting([0])
            both.append(contentsOf: right.points.selecting([0]))
            return both.precedes(0, 1)
        }
    }

    /// What the chunks hold together; fails when they overlap.
    private func merged(_ store: Store) async throws -> PointColumns {
        var all = PointColumns()
        for chunk in try await chunks(store) { all.append(contentsOf: chunk.points) }
        let isOrdered = isSame(all.sortedAndDistinct(), all)
        #expect(isOrdered, "chunks neither overlap nor repeat a point")
        return all
    }

    private func send(
        _ points: PointColumns,
        _ run: Run,
        _ store: Store,
        now: Int64 = Samples.now
    ) async throws {
        try await store.writer.write(RunBatch(runID: run.id, series: ["loss": points]), now: now)
    }

    private func segmentCount(_ store: Store) async throws -> Int {
        try await store.merger.backlog().segmentCount
    }

    @Test func `batches in order become full chunks, and segments go`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let points = Samples.series(count: 10_000)
        for start in stride(from: 0, to: 10_000, by: 500) {
            try await send(points.selecting(start..<start + 500), run, store)
        }
        let outcome = try await store.merger.drain()
        #expect(outcome.pointCount == 10_000)
        #expect(outcome.segmentCount == 20)
        #expect(try await merged(store) == points)
        #expect(try await chunks(store).map(\.points.count) == [4_096, 4_096, 1_808])
        #expect(try await segmentCount(store) == 0)
        #expect(try await store.merger.drain() == MergeOutcome())
    }

    @Test func `a run that goes on fills the last chunk`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let points = Samples.series(count: 9_000)
        for start in stride(from: 0, to: 9_000, by: 1_000) {
            try await send(points.selecting(start..<start + 1_000), run, store)
            _ = try await store.merger.drain()
        }
        #expect(try await merged(store) == points)
        #expect(try await chunks(store).count <= 3)
    }

    @Test(arguments: 0..<6)
    func `points in any order, in pieces, sent again, merged in between, end as if sent once`(
        seed: UInt64
    ) async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        var generator = SeededGenerator(seed: seed)
        var points = Samples.series(count: 12_000)
        for index in points.steps.indices {
            // Few or many points share a step; times go back and forth.
            points.steps[index] /= [1, 7, 3_000, 100_000, 1, 50][Int(seed)]
            if seed > 3 { points.times[index] += .random(in: -5_000...5_000, using: &generator) }
            if seed == 3 { points.times[index] = Samples.now }
            if index % 97 == 0 { points.values[index] = .nan }
        }
        points.values = points.values.enumerated().map { $1 + Double($0) * 1e-7 }
        points = points.sortedAndDistinct()
        let length = seed % 2 == 0 ? 1_500 : 400
        var parts = stride(from: 0, to: points.count, by: length).map {
            points.selecting($0..<min($0 + length, points.count))
        }
        if seed != 0 { parts.shuffle(using: &generator) }
        parts += parts.prefix(3)
        // Late points scattered over everything.
        parts.append(
            points.selecting(
                (0..<200).map { _ in
                    Int.random(in: 0..<points.count, using: &generator)
                }
            )
        )
        for part in parts {
            try await send(part, run, store)
            if Int.random(in: 0..<4, using: &generator) == 0 {
                _ = try await store.merger.drain()
                _ = try await merged(store)
            }
        }
        _ = try await store.merger.drain()
        let isComplete = isSame(try await merged(store), points)
        #expect(isComplete)
        let summary = try #require(try await store.runs.find(id: run.id)?.metrics["loss"])
        #expect(summary.pointCount == Int64(points.count))
        #expect(summary.notFiniteCount == Int64(points.values.count { !$0.isFinite }))
    }

    private func isSame(_ left: PointColumns, _ right: PointColumns) -> Bool {
        left.steps == right.steps && left.times == right.times
            && left.values.map(\.bitPattern) == right.values.map(\.bitPattern)
    }

    @Test func `a batch sent again after merging changes no chunk and no count`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let points = Samples.series(count: 6_000)
        try await send(points, run, store)
        _ = try await store.merger.drain()
        let before = try await chunks(store).map(\.head.id)
        try await send(points.selecting(1_000..<5_000), run, store)
        let outcome = try await store.merger.drain()
        #expect(outcome.segmentCount == 1)
        #expect(outcome.chunkCount == 0)
        #expect(try await chunks(store).map(\.head.id) == before)
        #expect(try await store.runs.find(id: run.id)?.metrics["loss"]?.pointCount == 6_000)
    }

    @Test func `late points write anew only the chunks they fall into`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        try await send(Samples.series(count: 40_960), run, store)
        _ = try await store.merger.drain()
        let before = Set(try await chunks(store).map(\.head.id))
        #expect(before.count == 10)
        var late = PointColumns()
        for step: Int64 in [5_000, 5_001, 30_000] { late.append(step: step, time: 1, value: 9) }
        late.append(contentsOf: Samples.series(count: 100, first: 40_960))
        try await send(late, run, store)
        _ = try await store.merger.drain()
        let after = Set(try await chunks(store).map(\.head.id))
        #expect(before.intersection(after).count == 8)
        #expect(after.count == 8 + 4 + 1)
        #expect(try await merged(store).count == 40_960 + 103)
    }

    @Test func `young segments and busy series with few points wait`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let now = Samples.now
        let second: Int64 = 1_000_000
        try await send(Samples.series(count: 4_500), run, store, now: now)
        try await send(Samples.series(count: 10, first: 4_500), run, store, now: now + 15 * second)
        #expect(try await store.merger.pass(now: now + 9 * second) == MergeOutcome())
        // Old and many enough.
        #expect(try await store.merger.pass(now: now + 16 * second).pointCount == 4_500)
        #expect(try await segmentCount(store) == 1)
        // Few, and not long enough ago.
        #expect(try await store.merger.pass(now: now + 30 * second) == MergeOutcome())
        #expect(try await store.merger.pass(now: now + 36 * second).pointCount == 10)
        #expect(try await segmentCount(store) == 0)
    }

    @Test func `a long series is merged in one pass, however many transactions it takes`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let now = Samples.now
        let count = 2 * Limits.pointsPerMergeCount + 10_000
        for start in stride(from: 0, to: count, by: 50_000) {
            let length = min(50_000, count - start)
            let points = Samples.series(count: length, first: Int64(start))
            try await send(points, run, store, now: now)
        }
        let pass = try await store.merger.pass(now: now + 11_000_000)
        #expect(pass.pointCount > Limits.pointsPerMergeCount)
        _ = try await store.merger.drain()
        #expect(try await merged(store).count == count)
    }

    @Test func `many small batches of a busy series are merged`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let now = Samples.now
        for step in 0..<Int64(Limits.mergeSegmentCount) {
            try await send(Samples.series(count: 1, first: step), run, store, now: now)
        }
        try await send(Samples.series(count: 1, first: 999), run, store, now: now + 11_000_000)
        let outcome = try await store.merger.pass(now: now + 11_000_000)
        #expect(outcome.segmentCount == Limits.mergeSegmentCount)
        #expect(try await merged(store).count == Limits.mergeSegmentCount)
    }

    @Test func `a merge that fails in the end changes nothing`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let points = Samples.series(count: 5_000)
        try await send(points.selecting(0..<3_000), run, store)
        _ = try await store.merger.drain()
        try await send(points.selecting(2_500..<5_000), run, store)
        // Deleting is the last step: it fails when chunks were copied already.
        _ = try await store.database.query(
            "ALTER TABLE segment ADD COLUMN guard integer DEFAULT 1 NOT NULL"
        )
        _ = try await store.database.query(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RAISE EXCEPTION ''refused''; END'
            """
        )
        _ = try await store.database.query(
            """
            CREATE TRIGGER refuse BEFORE DELETE ON segment FOR EACH ROW EXECUTE FUNCTION refuse()
            """
        )
        await #expect(throws: StorageError.self) { try await store.merger.drain() }
        #expect(try await merged(store) == points.selecting(0..<3_000))
        #expect(try await segmentCount(store) == 1)
        _ = try await store.database.query("DROP TRIGGER refuse ON segment")
        _ = try await store.merger.drain()
        #expect(try await merged(store) == points)
        #expect(try await segmentCount(store) == 0)
    }

    @Test func `two mergers at once, and a writer, lose and double nothing`() async throws {
        let store = try await TestDatabase.makeStore()
        let other = Store(database: Database(conninfo: store.database.conninfo))
        let run = try await store.sampleRun()
        let points = Samples.series(count: 9_000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for start in stride(from: 0, to: 9_000, by: 300) {
                    let part = points.selecting(start..<start + 300)
                    try await store.writer.write(
                        RunBatch(runID: run.id, series: ["loss": part, "other": part]),
                        now: Samples.now
                    )
                }
            }
            for merger in [store.merger, other.merger] {
                group.addTask {
                    for _ in 0..<30 { _ = try await merger.drain() }
                }
            }
            try await group.waitForAll()
        }
        _ = try await store.merger.drain()
        let stored = try await chunks(store)
        #expect(stored.reduce(0) { $0 + $1.points.count } == 18_000)
        #expect(try await segmentCount(store) == 0)
        let metrics = try #require(try await store.runs.find(id: run.id)?.metrics)
        #expect(metrics["loss"]?.pointCount == 9_000)
        #expect(metrics["other"]?.pointCount == 9_000)
        await other.close()
    }

    @Test func `damaged bytes stop their own series only, and say so`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let points = Samples.series(count: 100)
        try await store.writer.write(
            RunBatch(runID: run.id, series: ["bad": points, "good": points]),
            now: Samples.now
        )
        _ = try await store.database.query(
            "UPDATE segment SET value_bytes = '\\x05ff' WHERE metric_index = 0"
        )
        let outcome = try await store.merger.drain()
        #expect(outcome.failures.count == 1)
        #expect(outcome.failures.first?.contains("damaged") == true)
        #expect(try await merged(store) == points)
        #expect(try await segmentCount(store) == 1)
    }

    @Test func `merged points take few bytes in all tables together`() async throws {
        let store = try await TestDatabase.makeStore()
        var generator = SeededGenerator(seed: 4)
        func bytesPerPoint(isSingle: Bool, count: Int = 120_000) async throws -> Double {
            _ = try await store.database.query("VACUUM")
            let before = try await tableBytes(store)
            let run = try await store.sampleRun()
            var time = Samples.now
            var points = PointColumns()
            for step in 0..<count {
                time += 100_000 + 1_000 * .random(in: -4...4, using: &generator)
                // The sum of twelve is near enough to normal.
                let noise = (0..<12).reduce(-6.0) { sum, _ in
                    sum + .random(in: 0...1, using: &generator)
                }
                let value = 2.3 + 0.02 * noise
                points.append(
                    step: Int64(step),
                    time: time,
                    value: isSingle ? Double(Float(value)) : value
                )
            }
            for start in stride(from: 0, to: count, by: 1_000) {
                try await send(points.selecting(start..<start + 1_000), run, store)
            }
            _ = try await store.merger.drain()
            try await store.merger.reclaim(try await store.merger.backlog())
            _ = try await store.database.query("VACUUM")
            return Double(try await tableBytes(store) - before) / Double(count)
        }
        // Once, so that the maps of free space that every table gets are not counted.
        _ = try await bytesPerPoint(isSingle: true, count: 10_000)
        let single = try await bytesPerPoint(isSingle: true)
        let double = try await bytesPerPoint(isSingle: false)
        #expect(single <= 6)
        #expect(double <= 9)
    }

    private func tableBytes(_ store: Store) async throws -> Int64 {
        let rows = try await store.database.query(
            """
            SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            """
        )
        return try rows[0].value(0)
    }
}
