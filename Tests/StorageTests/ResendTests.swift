import Foundation
import Runs
import Storage
import TestSupport
import Testing

/// Points out of order, in several batches, some of them sent again: every way to read them must
/// answer as if they had come once and in order.
@Suite struct ResendTests {
    private struct Answers: Equatable {
        var series: PointColumns
        var history: [PointColumns]
        var buckets: [Buckets]
        var zoomed: [Buckets]
        var summary: MetricSummary?
        var listed: MetricSummary?
    }

    private func answers(_ store: Store, _ run: Run) async throws -> Answers {
        var history: [PointColumns] = []
        var cursor: HistoryCursor?
        repeat {
            let page = try await store.points.history(
                run.id,
                metric: "loss",
                limit: 37,
                after: cursor
            )
            history.append(page.points)
            cursor = page.next
        } while cursor != nil
        func buckets(_ from: Double?, _ to: Double?) async throws -> [Buckets] {
            try await store.points.buckets(
                runIDs: [run.id],
                metrics: ["loss"],
                axis: .step,
                count: 20,
                from: from,
                to: to
            ).map(\.buckets)
        }
        let page = try await store.page(RunSearch(sort: "name"), in: run.projectID)
        return Answers(
            series: try await store.points.series(run.id, metric: "loss"),
            history: history,
            buckets: try await buckets(nil, nil),
            zoomed: try await buckets(100, 220),
            summary: try await store.runs.find(id: run.id)?.metrics["loss"],
            listed: page.runs.first { $0.id == run.id }?.metrics["loss"]
        )
    }

    private func shuffledTimes(_ count: Int) -> PointColumns {
        var generator = SeededGenerator(seed: 3)
        var points = Samples.series(count: count)
        points.times = points.times.map {
            $0 + .random(in: -3_000_000...3_000_000, using: &generator)
        }
        points.values[7] = .infinity
        points.values[8] = -.infinity
        return points
    }

    @Test func `order of arrival and repetition change no answer`() async throws {
        let store = try await TestDatabase.makeStore()
        let once = try await store.sampleRun()
        let points = shuffledTimes(300)
        try await store.writer.write(RunBatch(runID: once.id, series: ["loss": points]), now: 1)
        let expected = try await answers(store, once)
        #expect(expected.series == points)
        #expect(expected.summary?.pointCount == 300)
        #expect(expected.summary?.notFiniteCount == 2)
        #expect(expected.history.map(\.count).reduce(0, +) == 300)
        #expect(expected.listed == expected.summary)

        var generator = SeededGenerator(seed: 5)
        let twice = try await store.sampleRun()
        let order = (0..<300).shuffled(using: &generator)
        let parts = stride(from: 0, to: 300, by: 23).map {
            points.selecting(order[$0..<min($0 + 23, 300)])
        }
        for part in (parts + parts.prefix(6)).shuffled(using: &generator) {
            try await store.writer.write(RunBatch(runID: twice.id, series: ["loss": part]), now: 1)
        }
        #expect(try await answers(store, twice) == expected)
        // And once more, after the counts were put right by the reads above.
        try await store.writer.write(RunBatch(runID: twice.id, series: ["loss": parts[0]]), now: 1)
        #expect(try await answers(store, twice) == expected)
        try await store.writer.write(
            RunBatch(runID: twice.id, series: ["loss": Samples.series(count: 1, first: 300)]),
            now: 1
        )
        #expect(try await answers(store, twice).summary?.pointCount == 301)
    }

    @Test func `the last value is of the greatest step, and NaN is below every number`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        func send(_ step: Int64, _ time: Int64, _ value: Double) async throws {
            let point = PointColumns(steps: [step], times: [time], values: [value])
            try await store.writer.write(RunBatch(runID: run.id, series: ["loss": point]), now: 1)
        }
        func last() async throws -> MetricSummary {
            try #require(try await store.runs.find(id: run.id)?.metrics["loss"])
        }
        try await send(5, 10, 2)
        try await send(3, 99, 1)
        #expect(try await last().lastValue == 2)
        try await send(5, 10, .nan)
        #expect(try await last().lastValue == 2)
        #expect(try await last().pointCount == 3)
        try await send(5, 10, -.infinity)
        #expect(try await last().lastValue == 2)
        try await send(6, 1, .nan)
        #expect(try await last().lastValue.isNaN)
        #expect(try await last().notFiniteCount == 3)
        #expect(try await last().minimum == 1)
        #expect(try await last().maximum == 2)
        try await send(6, 1, -.infinity)
        #expect(try await last().lastValue == -.infinity)
    }

    @Test func `the live feed gives each segment once, late ones included`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        var cursor = SegmentCursor(startingAt: Samples.now)
        func write(_ step: Int64, at now: Int64) async throws {
            try await store.writer.write(
                RunBatch(runID: run.id, series: ["loss": Samples.series(count: 1, first: step)]),
                now: now
            )
        }
        func read() async throws -> [Int64] {
            let (segments, next) = try await store.points.tail(
                projectID: run.projectID,
                after: cursor
            )
            cursor = next
            return segments.flatMap(\.points.steps)
        }
        try await write(1, at: Samples.now + 1_000_000)
        #expect(try await read() == [1])
        #expect(try await read() == [])
        // Its id is older than what was read already: committed late, by another server.
        try await write(2, at: Samples.now)
        try await write(3, at: Samples.now + 2_000_000)
        #expect(try await read() == [2, 3])
        try await write(4, at: Samples.now + 60_000_000)
        #expect(try await read() == [4])
        #expect(try await read() == [])
        let other = try await store.projects.create(name: "other", now: 1)
        let (none, _) = try await store.points.tail(
            projectID: other.id,
            after: SegmentCursor(startingAt: Samples.now)
        )
        #expect(none.isEmpty)
        let (all, _) = try await store.points.tail(
            projectID: nil,
            after: SegmentCursor(startingAt: Samples.now)
        )
        #expect(all.count == 4)
    }
}
