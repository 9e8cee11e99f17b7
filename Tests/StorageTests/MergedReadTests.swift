import Foundation
import Runs
import Storage
import TestSupport
import Testing

/// Reads before and after merging, and with points on top of what is merged.
@Suite struct MergedReadTests {
    @Test func `merging changes no answer of any way to read`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        var generator = SeededGenerator(seed: 11)
        var points = Samples.series(count: 9_500)
        for index in points.steps.indices {
            points.steps[index] /= 2
            points.times[index] += .random(in: -4_000_000...4_000_000, using: &generator)
        }
        points.values[8_000] = .infinity
        let order = (0..<9_500).shuffled(using: &generator)
        for start in stride(from: 0, to: 9_500, by: 500) {
            try await send(points.selecting(order[start..<start + 500]), run, store)
        }
        try await send(points.selecting(2_000..<2_700), run, store)
        let before = try await answers(store, run)
        #expect(before.series == points.sortedAndDistinct())
        _ = try await store.merger.drain()
        let isSame = try await answers(store, run) == before
        #expect(isSame, "after merging")
        // Half of it again, unmerged, on top of chunks; and one point that is new.
        try await send(points.selecting(0..<5_000), run, store)
        let isUnchanged = try await answers(store, run) == before
        #expect(isUnchanged, "after sending again")
        try await send(Samples.series(count: 1, first: 2_001), run, store)
        #expect(try await answers(store, run).series.count == 9_501)
        #expect(try await store.runs.find(id: run.id)?.metrics["loss"]?.pointCount == 9_501)
    }

    private struct Answers: Equatable {
        var series: PointColumns
        var history: [PointColumns]
        var buckets: [Buckets]
        var summary: MetricSummary?
    }

    private func answers(_ store: Store, _ run: Run) async throws -> Answers {
        var history: [PointColumns] = []
        var cursor: HistoryCursor?
        repeat {
            let page = try await store.points.history(
                run.id,
                metric: "loss",
                limit: 1_100,
                after: cursor
            )
            history.append(page.points)
            cursor = page.next
        } while cursor != nil
        let ranges: [(Double?, Double?)] = [(nil, nil), (700, 1_800), (4_090, 4_100)]
        var buckets: [Buckets] = []
        for axis in [SeriesAxis.step, .time, .relativeTime] {
            for (from, to) in ranges {
                buckets += try await store.points.buckets(
                    runIDs: [run.id],
                    metrics: ["loss"],
                    axis: axis,
                    count: 50,
                    from: axis == .step ? from : nil,
                    to: axis == .step ? to : nil
                ).map(\.buckets)
            }
        }
        return Answers(
            series: try await store.points.series(run.id, metric: "loss"),
            history: history,
            buckets: buckets,
            summary: try await store.runs.find(id: run.id)?.metrics["loss"]
        )
    }

    private func send(_ points: PointColumns, _ run: Run, _ store: Store) async throws {
        try await store.writer.write(
            RunBatch(runID: run.id, series: ["loss": points]),
            now: Samples.now
        )
    }
}
