import Foundation
import Runs
import TestSupport
import Testing

@Suite struct ChunkCodecTests {
    private static let block = Limits.pointsPerBlockCount

    /// Falling loss of float32 or float64 values, regular steps, times in whole milliseconds.
    private func curve(_ count: Int, isSingle: Bool, seed: UInt64 = 1) -> PointColumns {
        var generator = SeededGenerator(seed: seed)
        var time = Samples.now
        var points = PointColumns()
        for step in 0..<count {
            time += 100_000 + 1_000 * .random(in: -3...3, using: &generator)
            let value = 2.3 + .random(in: -0.04...0.04, using: &generator)
            points.append(
                step: Int64(step) * 10,
                time: time,
                value: isSingle ? Double(Float(value)) : value
            )
        }
        return points
    }

    private func isSame(_ left: PointColumns, _ right: PointColumns) -> Bool {
        left.steps == right.steps && left.times == right.times
            && left.values.map(\.bitPattern) == right.values.map(\.bitPattern)
    }

    @Test(arguments: [1, 2, 255, 256, 257, 511, 512, 1_000, 4_095, 4_096])
    func `a chunk of any size comes back whole and block by block`(count: Int) throws {
        let points = curve(count, isSingle: false)
        let chunk = ChunkCodec.encode(points)
        #expect(isSame(try ChunkCodec.decode(chunk.bytes, count: count), points))
        #expect(try ChunkCodec.decodeBlocks(chunk.blockBytes) == chunk.blocks)
        #expect(chunk.blocks.count == (count + Self.block - 1) / Self.block)
        var start = 0
        for block in chunk.blocks {
            let range = start..<start + block.pointCount
            let steps = Array(chunk.bytes.steps[block.stepOffset...].prefix(block.stepLength))
            let times = Array(chunk.bytes.times[block.timeOffset...].prefix(block.timeLength))
            let values = Array(chunk.bytes.values[block.valueOffset...].prefix(block.valueLength))
            let expected = points.selecting(range)
            #expect(try ChunkCodec.decodeSteps(steps, count: range.count) == expected.steps)
            #expect(try ChunkCodec.decodeTimes(times, count: range.count) == expected.times)
            #expect(try ChunkCodec.decodeValues(values, count: range.count) == expected.values)
            #expect(block.firstStep == expected.steps.first)
            #expect(block.lastStep == expected.steps.last)
            #expect(block.minimum == expected.values.min())
            #expect(block.maximum == expected.values.max())
            #expect(block.last == expected.values.last)
            #expect(block.firstTime == expected.times.min())
            #expect(block.lastTime == expected.times.max())
            start = range.upperBound
        }
        #expect(start == count)
    }

    @Test func `neighbouring blocks are read in one piece`() throws {
        let points = curve(1_000, isSingle: true)
        let chunk = ChunkCodec.encode(points)
        let (first, last) = (chunk.blocks[1], chunk.blocks[3])
        let part = Array(
            chunk.bytes.values[first.valueOffset..<last.valueOffset + last.valueLength]
        )
        let values = try ChunkCodec.decodeValues(part, count: 1_000 - Self.block)
        #expect(values == Array(points.values[Self.block...]))
    }

    @Test func `the summary is of all points, infinities and NaN apart`() {
        var points = curve(700, isSingle: false)
        points.values[3] = .nan
        points.values[300] = -.infinity
        points.values[699] = .infinity
        points.times[400] = Samples.now - 5
        let summary = ChunkCodec.encode(points).summary
        #expect(summary.pointCount == 700)
        #expect(summary.notFiniteCount == 3)
        #expect(summary.firstStep == 0)
        #expect(summary.lastStep == 6_990)
        #expect(summary.firstTime == Samples.now - 5)
        #expect(summary.lastTime == points.times.max())
        #expect(!summary.isTimeOrdered)
        #expect(summary.minimum == points.values.filter(\.isFinite).min())
        #expect(summary.maximum == points.values.filter(\.isFinite).max())
        #expect(summary.last == .infinity)
        let empty = PointColumns(steps: [1, 2], times: [3, 3], values: [.nan, .infinity])
        let nothing = ChunkCodec.encode(empty).summary
        #expect(nothing.minimum == nil && nothing.maximum == nil && nothing.isTimeOrdered)
    }

    @Test func `curves of float32, noise of float64 and short decimals take few bytes a point`() {
        func bytesPerPoint(_ points: PointColumns) -> Double {
            let chunk = ChunkCodec.encode(points)
            let bytes = chunk.bytes
            let count =
                bytes.steps.count + bytes.times.count + bytes.values.count
                + chunk.blockBytes.count
            return Double(count) / Double(points.count)
        }
        #expect(bytesPerPoint(curve(4_096, isSingle: true)) < 4)
        #expect(bytesPerPoint(curve(4_096, isSingle: false)) < 7.5)
        var decimals = curve(4_096, isSingle: false)
        decimals.values = decimals.values.map { ($0 * 1e4).rounded() / 1e4 }
        #expect(bytesPerPoint(decimals) < 2.5)
        var whole = curve(4_096, isSingle: false)
        whole.values = whole.steps.map { Double($0 / 30) }
        #expect(bytesPerPoint(whole) < 2)
    }

    @Test func `a few outliers do not widen their block`() throws {
        var points = curve(4_096, isSingle: true)
        let plain = ChunkCodec.encode(points).bytes
        for index in stride(from: 20, to: 4_096, by: 100) {
            points.values[index] = index % 200 == 20 ? .nan : 0
        }
        for index in 2_000..<points.count { points.times[index] += 3_600_000_000 }
        let bytes = ChunkCodec.encode(points).bytes
        #expect(isSame(try ChunkCodec.decode(bytes, count: 4_096), points))
        #expect(bytes.values.count < plain.values.count + 41 * 10 + 16 * 2)
        #expect(bytes.times.count < plain.times.count + 20)
    }

    @Test(arguments: 0..<200)
    func `values of every mixture come back bit for bit`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let special: [Double] = [
            .nan, .signalingNaN, -.nan, Double(bitPattern: 0x7FF8_0000_DEAD_BEEF), .infinity,
            -.infinity, 0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e308, -1e-308,
            0x1p51, -0x1p53, 0.1, 1e14, 123_456.789,
        ]
        let makers: [(inout SeededGenerator) -> Double] = [
            { _ in special[0] }, { special.randomElement(using: &$0) ?? 0 },
            { Double(bitPattern: .random(in: 0 ... .max, using: &$0)) },
            { Double(Float(bitPattern: .random(in: 0 ... .max, using: &$0))) },
            { Double(Int.random(in: -99_999...99_999, using: &$0)) / 1e3 },
            { Double(Int.random(in: .min ... .max, using: &$0)) },
            { .random(in: -1...1, using: &$0) }, { 3 + .random(in: 0...1e-9, using: &$0) },
        ]
        let chosen = makers.filter { _ in .random(using: &generator) } + [makers[1]]
        let share = Double.random(in: 0...1, using: &generator)
        var points = PointColumns()
        for _ in 0..<Int.random(in: 1...700, using: &generator) {
            let isMain = Double.random(in: 0...1, using: &generator) < share
            let maker = isMain ? chosen[0] : chosen.randomElement(using: &generator) ?? chosen[0]
            points.append(
                step: .random(in: .min ... .max, using: &generator) >> (seed % 64),
                time: .random(in: .min ... .max, using: &generator) >> (seed / 3 % 64),
                value: maker(&generator)
            )
        }
        #expect(
            isSame(
                try SegmentCodec.decode(SegmentCodec.encode(points), count: points.count),
                points
            )
        )
        #expect(
            isSame(
                try ChunkCodec.decode(ChunkCodec.encode(points).bytes, count: points.count),
                points
            )
        )
    }

    @Test(arguments: 0..<300)
    func `damaged chunks never do more than throw`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...600, using: &generator)
        let chunk = ChunkCodec.encode(curve(count, isSingle: seed % 2 == 0, seed: seed))
        func damage(_ bytes: inout [UInt8]) {
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = .random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                bytes.removeLast(.random(in: 0..<bytes.count, using: &generator))
            }
        }
        var bytes = chunk.bytes
        var blockBytes = chunk.blockBytes
        damage(&bytes.steps)
        damage(&bytes.times)
        damage(&bytes.values)
        damage(&blockBytes)
        for work in [
            { _ = try ChunkCodec.decode(bytes, count: count) },
            { _ = try ChunkCodec.decode(chunk.bytes, count: count % 600 + 1) },
            { _ = try ChunkCodec.decodeValues(bytes.values, count: count) },
            { _ = try ChunkCodec.decodeSteps(bytes.steps, count: count) },
            { _ = try ChunkCodec.decodeTimes(bytes.times, count: 4_096) },
            { _ = try ChunkCodec.decodeBlocks(blockBytes) },
        ] as [() throws -> Void] {
            do { try work() } catch { #expect(error is SegmentError) }
        }
    }
}
