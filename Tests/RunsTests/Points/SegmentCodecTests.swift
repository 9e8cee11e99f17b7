import Runs
import TestSupport
import Testing

@Suite struct SegmentCodecTests {
    private func roundTrip(_ points: PointColumns) throws -> SegmentBytes {
        let bytes = SegmentCodec.encode(points)
        let back = try SegmentCodec.decode(bytes, count: points.count)
        #expect(back.steps == points.steps)
        #expect(back.times == points.times)
        #expect(back.values.map(\.bitPattern) == points.values.map(\.bitPattern))
        return bytes
    }

    @Test(arguments: 0..<40)
    func `random columns come back bit for bit`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var points = PointColumns()
        for _ in 0..<Int.random(in: 1...300, using: &generator) {
            let wide = Bool.random(using: &generator)
            points.append(
                step: wide
                    ? .random(in: .min ... .max, using: &generator)
                    : .random(in: 0...50, using: &generator),
                time: wide
                    ? .random(in: .min ... .max, using: &generator)
                    : Samples.now + .random(in: 0...9_999, using: &generator),
                value: Double(bitPattern: .random(in: 0 ... .max, using: &generator))
            )
        }
        _ = try roundTrip(points)
    }

    @Test func `extreme steps and every kind of value come back bit for bit`() throws {
        let values: [Double] = [
            .nan, .signalingNaN, -.nan, Double(bitPattern: 0x7FF8_0000_DEAD_BEEF), .infinity,
            -.infinity, 0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e308, 3,
        ]
        let steps: [Int64] = [.min, .max, 0, -1, 1, .max, .min, 0, .min + 1, .max - 1, 7, 7]
        _ = try roundTrip(PointColumns(steps: steps, times: steps.reversed(), values: values))
        for index in steps.indices {
            _ = try roundTrip(
                PointColumns(steps: [steps[index]], times: [0], values: [values[index]])
            )
        }
    }

    @Test func `regular steps and equal values take few bytes`() throws {
        var points = PointColumns()
        for step in 0..<1_000 { points.append(step: Int64(step), time: Samples.now, value: 0.5) }
        let bytes = try roundTrip(points)
        #expect(bytes.steps.count < 24)
        #expect(bytes.times.count < 60)
        #expect(bytes.values.count < 60)
    }

    @Test func `no column takes much more than eight bytes a point`() throws {
        var generator = SeededGenerator(seed: 9)
        var points = PointColumns()
        for _ in 0..<500 {
            points.append(
                step: .random(in: .min ... .max, using: &generator),
                time: .random(in: .min ... .max, using: &generator),
                value: Double(bitPattern: .random(in: 0 ... .max, using: &generator))
            )
        }
        let bytes = try roundTrip(points)
        #expect([bytes.steps, bytes.times, bytes.values].allSatisfy { $0.count <= 4_060 })
    }

    @Test func `cut, lengthened and unknown bytes are an error`() throws {
        let points = Samples.series(count: 20)
        let good = SegmentCodec.encode(points)
        var cut = good
        cut.values.removeLast()
        #expect(throws: SegmentError.malformed(column: "values")) {
            try SegmentCodec.decode(cut, count: 20)
        }
        var longer = good
        longer.steps.append(0)
        #expect(throws: SegmentError.malformed(column: "steps")) {
            try SegmentCodec.decode(longer, count: 20)
        }
        var unknown = good
        unknown.times[0] = 200
        #expect(throws: SegmentError.unknownCodec(column: "times", code: 200)) {
            try SegmentCodec.decode(unknown, count: 20)
        }
        let nothing = SegmentBytes(steps: [], times: [], values: [])
        #expect(throws: SegmentError.malformed(column: "steps")) {
            try SegmentCodec.decode(nothing, count: 1)
        }
        for count in [0, -1, 19, 21, .max, .min] {
            #expect(throws: SegmentError.self) { try SegmentCodec.decode(good, count: count) }
        }
    }

    @Test(arguments: 0..<300)
    func `random bytes never do more than throw`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func bytes() -> [UInt8] {
            [.random(in: 0...5, using: &generator)]
                + (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                    Bool.random(using: &generator) ? 255 : .random(in: 0...255, using: &generator)
                }
        }
        let hostile = SegmentBytes(steps: bytes(), times: bytes(), values: bytes())
        do {
            let points = try SegmentCodec.decode(hostile, count: 8)
            #expect(points.count == 8)
        } catch {
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `columns in the codecs of earlier versions stay readable`() throws {
        let plain = SegmentBytes(
            steps: [1, 20, 0, 1],
            times: [2, 10, 1, 0, 2],
            values: [3, 0x02, 0x40, 0x04, 0x80, 0x11, 0x08]
        )
        let points = try SegmentCodec.decode(plain, count: 3)
        #expect(points.steps == [10, 20, 29])
        #expect(points.times == [5, 10, 15])
        #expect(points.values == [2.5, 2.5, 3.5])
        let word: [UInt8] = [0, 7, 0, 0, 0, 0, 0, 0, 0]
        let raw = try SegmentCodec.decode(
            SegmentBytes(steps: word, times: word, values: word),
            count: 1
        )
        #expect(raw.steps == [7] && raw.times == [7] && raw.values[0].bitPattern == 7)
    }
}
