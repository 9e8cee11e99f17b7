import Foundation
import Runs
import TestSupport
import Testing

/// A view from summaries must be what `Downsampling` makes of all points, bit for bit.
@Suite struct SeriesViewTests {
    private struct World {
        var chunks: [Chunk] = []
        var fresh = PointColumns()
        var all = PointColumns()
    }

    /// Points in chunks of odd lengths; some of them fresh again, others fresh only.
    private func world(
        _ count: Int,
        fresh: Int,
        timeNoise: Int64,
        _ generator: inout SeededGenerator
    ) -> World {
        var points = PointColumns()
        var step: Int64 = -50
        for index in 0..<count {
            step += Int64.random(in: 0...3, using: &generator)
            let odd = Int.random(in: 0..<40, using: &generator)
            let value =
                odd == 0
                ? Double.nan
                : odd == 1
                    ? .infinity
                    : odd == 2
                        ? -.infinity
                        : Double.random(in: -5...5, using: &generator)
            let noise = Int64.random(in: -timeNoise...timeNoise, using: &generator)
            points.append(step: step, time: Int64(index) * 1_000 + noise, value: value)
        }
        points = points.sortedAndDistinct()
        var world = World()
        world.all = points
        let places = (0..<fresh).map { _ in Int.random(in: points.steps.indices, using: &generator)
        }
        world.fresh = points.selecting(places).sortedAndDistinct()
        let only = Set(places.prefix(fresh / 2))
        let merged = points.selecting(points.steps.indices.filter { !only.contains($0) })
        var start = 0
        while start < merged.count {
            let end = min(start + Int.random(in: 1...600, using: &generator), merged.count)
            world.chunks.append(ChunkCodec.encode(merged.selecting(start..<end)))
            start = end
        }
        return world
    }

    private func view(_ world: World, _ axis: PointAxis, _ window: BucketWindow) throws -> Buckets?
    {
        let heads = world.chunks.map { ChunkHead(id: UUID(), summary: $0.summary) }
        let view = SeriesView(
            heads: heads.shuffled(),
            fresh: world.fresh,
            axis: axis,
            window: window
        )
        let chunks = view.heads.map { head in
            world.chunks[heads.firstIndex { $0.id == head.id } ?? 0]
        }
        var mixed: [Int: PointColumns] = [:]
        for index in view.mixedChunks {
            let chunk = chunks[index]
            mixed[index] = try ChunkCodec.decode(chunk.bytes, count: chunk.summary.pointCount)
        }
        var blocks: [Int: [BlockSummary]] = [:]
        for index in view.cutChunks { blocks[index] = chunks[index].blocks }
        var points: [SeriesView.Block: SeriesView.BlockPoints] = [:]
        for place in view.cutBlocks(blocks) {
            let chunk = chunks[place.chunk]
            let block = chunk.blocks[place.block]
            let keys =
                axis.isTime
                ? try ChunkCodec.decodeTimes(
                    Array(chunk.bytes.times[block.timeOffset...].prefix(block.timeLength)),
                    count: block.pointCount
                )
                : try ChunkCodec.decodeSteps(
                    Array(chunk.bytes.steps[block.stepOffset...].prefix(block.stepLength)),
                    count: block.pointCount
                )
            let values = try ChunkCodec.decodeValues(
                Array(chunk.bytes.values[block.valueOffset...].prefix(block.valueLength)),
                count: block.pointCount
            )
            points[place] = .init(keys: keys, values: values)
        }
        return view.buckets(mixed: mixed, blocks: blocks, points: points)
    }

    private func expectSame(_ found: Buckets?, _ expected: Buckets, _ comment: Comment) {
        guard let found else {
            // Only a view of so few points that each is its own bucket may be refused.
            #expect(expected.count.allSatisfy { $0 == 1 }, comment)
            return
        }
        #expect(found.x == expected.x && found.count == expected.count, comment)
        for (left, right) in [
            (found.minimum, expected.minimum), (found.maximum, expected.maximum),
            (found.last, expected.last),
        ] {
            #expect(left.map(\.bitPattern) == right.map(\.bitPattern), comment)
        }
    }

    @Test(arguments: 0..<12)
    func `summaries answer as all points would`(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let noise: Int64 = [0, 400, 60_000, 2_000_000][seed % 4]
        let world = world(4_000, fresh: [0, 0, 40][seed % 3], timeNoise: noise, &generator)
        let places: [Double] = stride(from: 0, to: 8_000, by: 500).map(Double.init)
        let tokens = try #require(
            StepMap(steps: places, amounts: places.map { 3 * $0 + 0.001 * $0 * $0 })
        )
        let axes: [PointAxis] = [
            .step, .time, .relativeTime(start: 5_000), .mapped(tokens),
            .mapped(StepMap(perStep: 2_048)),
        ]
        for axis in axes {
            let x = axis.x(world.all)
            let (least, greatest) = (try #require(x.min()), try #require(x.max()))
            for count in [1, 13, 200] {
                let bounds = [
                    Double.random(in: least...greatest, using: &generator),
                    Double.random(in: least...greatest, using: &generator),
                ].sorted()
                let windows = [
                    BucketWindow(count: count),
                    BucketWindow(count: count, from: bounds[0], to: bounds[1]),
                    BucketWindow(count: count, from: bounds[0]),
                    BucketWindow(count: count, to: bounds[1]),
                    BucketWindow(count: count, from: greatest + 1),
                ]
                for window in windows {
                    let expected = Downsampling.buckets(
                        x: x,
                        values: world.all.values,
                        count: count,
                        from: window.from,
                        to: window.to
                    )
                    expectSame(try view(world, axis, window), expected, "\(seed) \(axis) \(window)")
                }
            }
        }
    }

    @Test func `only blocks at the edges of buckets are read`() throws {
        let points = Samples.series(count: 200_000)
        let chunks = stride(from: 0, to: points.count, by: 4_096).map {
            ChunkCodec.encode(points.selecting($0..<min($0 + 4_096, points.count)))
        }
        let heads = chunks.map { ChunkHead(id: UUID(), summary: $0.summary) }
        let window = BucketWindow(count: 10)
        let view = SeriesView(heads: heads, fresh: PointColumns(), axis: .step, window: window)
        #expect(view.mixedChunks.isEmpty && view.cutChunks.count <= 10)
        var blocks: [Int: [BlockSummary]] = [:]
        for index in view.cutChunks { blocks[index] = chunks[index].blocks }
        #expect(view.cutBlocks(blocks).count <= 10)
    }

    @Test func `keys of a window hold all points of it and few others`() {
        let axes: [PointAxis] = [
            .step, .time, .relativeTime(start: 7), .mapped(StepMap(perStep: 3)),
        ]
        for axis in axes {
            for (low, high) in [(-3.5, 12.25), (0, 0), (1e12, 2e12)] {
                let window = BucketWindow(count: 5, from: low, to: high)
                guard let keys = axis.keys(in: window) else {
                    Issue.record("no keys from \(low) to \(high)")
                    continue
                }
                #expect(axis.x(key: keys.lowerBound) >= low)
                #expect(axis.x(key: keys.lowerBound - 1) < low)
                #expect(axis.x(key: keys.upperBound) <= high)
                #expect(keys.upperBound == .max || axis.x(key: keys.upperBound + 1) > high)
            }
            #expect(axis.keys(in: BucketWindow(count: 5, from: 2, to: 1)) == nil)
        }
    }
}
