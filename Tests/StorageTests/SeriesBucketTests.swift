import Foundation
import Runs
import Storage
import TestSupport
import Testing

/// Views of stored series must be what `Downsampling` makes of all their points, wherever these
/// rest: in segments, in chunks, or in both.
@Suite struct SeriesBucketTests {
    private func points(_ count: Int, timeNoise: Int64) -> PointColumns {
        var generator = SeededGenerator(seed: 9)
        var points = Samples.series(count: count)
        for index in 0..<count {
            points.times[index] += .random(in: -timeNoise...timeNoise, using: &generator)
            points.values[index] += .random(in: -1...1, using: &generator)
        }
        points.values[70] = .nan
        points.values[9_000] = .infinity
        return points
    }

    private func expectViews(_ store: Store, _ run: Run, _ points: PointColumns) async throws {
        let map = StepMap(perStep: 4_096)
        let axes: [(SeriesAxis, PointAxis)] = [
            (.step, .step), (.time, .time),
            (.relativeTime, .relativeTime(start: run.startTime)),
            (.mapped([run.id: map]), .mapped(map)),
        ]
        for (stored, axis) in axes {
            let x = axis.x(points)
            let (least, greatest) = (try #require(x.min()), try #require(x.max()))
            let width = greatest - least
            let windows: [(Int, Double?, Double?)] = [
                (8, nil, nil), (600, nil, nil), (5, least + width / 3, greatest - width / 5),
                (3, nil, least + width / 2), (40, greatest - width / 500, nil),
                (2, greatest + 1, nil),
            ]
            for (count, from, to) in windows {
                let found = try await store.points.buckets(
                    runIDs: [run.id],
                    metrics: ["loss", "none"],
                    axis: stored,
                    count: count,
                    from: from,
                    to: to
                )
                let expected = Downsampling.buckets(
                    x: x,
                    values: points.values,
                    count: count,
                    from: from,
                    to: to
                )
                let comment: Comment = "\(axis) in \(count) from \(from ?? .nan) to \(to ?? .nan)"
                #expect(text(found.first?.buckets ?? Buckets()) == text(expected), comment)
            }
        }
    }

    /// Two NaN are never equal.
    private func text(_ buckets: Buckets) -> String { "\(buckets)" }

    /// The longest is kept in memory between views.
    @Test(arguments: [(0, 20_000), (30_000_000, 20_000), (0, 80_000)] as [(Int64, Int)])
    func `merging, late and resent points change no view`(
        timeNoise: Int64,
        count: Int
    ) async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let all = points(count, timeNoise: timeNoise)
        let late = Array(stride(from: 40, to: count, by: 1_931))
        let early = all.selecting(all.steps.indices.filter { !late.contains($0) })
        func write(_ points: PointColumns) async throws {
            try await store.writer.write(
                RunBatch(runID: run.id, series: ["loss": points]),
                now: Samples.now
            )
        }
        try await write(early.selecting(0..<12_000))
        try await write(early.selecting(11_000..<early.count))
        try await expectViews(store, run, early)
        _ = try await store.merger.drain()
        try await expectViews(store, run, early)
        try await write(all.selecting(late))
        try await write(all.selecting(5_000..<5_010))
        try await expectViews(store, run, all)
        _ = try await store.merger.drain()
        try await expectViews(store, run, all)
        let series = try await store.points.series(run.id, metric: "loss")
        #expect("\(series)" == "\(all.sortedAndDistinct())")
    }

    @Test func `pages in either order visit every point once, merged or not`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        let all = points(9_500, timeNoise: 30_000_000)
        let batch = RunBatch(runID: run.id, series: ["loss": all.selecting(0..<9_400)])
        try await store.writer.write(batch, now: Samples.now)
        _ = try await store.merger.drain()
        let rest = RunBatch(runID: run.id, series: ["loss": all.selecting(9_000..<9_500)])
        try await store.writer.write(rest, now: Samples.now)
        for order in [PageOrder.history, .series] {
            var found = PointColumns()
            var cursor: HistoryCursor?
            repeat {
                let page = try await store.points.history(
                    run.id,
                    metric: "loss",
                    limit: 700,
                    after: cursor,
                    order: order
                )
                found.append(contentsOf: page.points)
                cursor = page.next
            } while cursor != nil
            let expected =
                order == .series ? all.sortedAndDistinct() : all.historySortedAndDistinct()
            #expect("\(found)" == "\(expected)")
        }
    }

    @Test func `the stamp of series changes with their points alone`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        func stamp() async throws -> String {
            try await store.points.stamp(runIDs: [run.id], metrics: ["loss"])
        }
        func write(_ name: String, _ step: Int64) async throws {
            let point = Samples.series(count: 1, first: step)
            try await store.writer.write(
                RunBatch(runID: run.id, series: [name: point]),
                now: Samples.now
            )
        }
        try await write("loss", 1)
        let before = try await stamp()
        try await write("other", 1)
        _ = try await store.merger.drain()
        #expect(try await stamp() == before)
        try await write("loss", 0)
        #expect(try await stamp() != before)
    }
}
