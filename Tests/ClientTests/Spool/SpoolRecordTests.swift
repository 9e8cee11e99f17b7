import Client
import TestSupport
import Testing

@Suite struct SpoolRecordTests {
    private static let mark: SourceMark = {
        var mark = SourceMark(path: "/a/ü", device: .max, inode: 7)
        mark.offset = 1_234
        mark.lastStep = .min
        return mark
    }()

    private static let records = [
        SpoolRecord(.checkpoint, .init(time: 1, marks: [mark], isFinished: true)),
        SpoolRecord(.points, .init(time: .max, pointCount: 3), body: Array("{\"a\":1}".utf8)),
        SpoolRecord(.patch, .init(time: -1), body: []),
        SpoolRecord(.create, .init(time: 0), body: (0...255).map { UInt8($0) }),
    ]

    private static let bytes = records.flatMap(SpoolCodec.encode)

    private func decoded(_ bytes: [UInt8]) -> (records: [SpoolRecord], last: SpoolCodec.Step) {
        var records: [SpoolRecord] = []
        var position = 0
        while true {
            let step = SpoolCodec.next(in: bytes, at: position)
            guard case .record(let record, let end) = step else { return (records, step) }
            records.append(record)
            position = end
        }
    }

    @Test func `records come back as they were`() {
        let result = decoded(Self.bytes)
        #expect(result.records == Self.records)
        #expect(result.last == .incomplete)
    }

    @Test func `a file cut at any byte gives the records before the cut and no other`() {
        for length in 0..<Self.bytes.count {
            let result = decoded(Array(Self.bytes[..<length]))
            #expect(result.records == Array(Self.records.prefix(result.records.count)))
            #expect(result.records.count < Self.records.count)
            #expect(result.last == .incomplete, "cut at \(length)")
        }
    }

    @Test func `a changed byte is noticed wherever it is`() {
        let first = SpoolCodec.encode(Self.records[1])
        for index in first.indices {
            for change in [UInt8(1), 0x80, 0xFF] {
                var bytes = first + first
                bytes[index] ^= change
                if case .record(let record, _) = SpoolCodec.next(in: bytes, at: 0) {
                    Issue.record("byte \(index) changed by \(change) gave \(record)")
                }
            }
        }
    }

    @Test func `noise is never a crash`() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...64, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...3, using: &random) }
            _ = SpoolCodec.next(in: bytes, at: 0)
        }
    }

    @Test func `the checksum is that of zip`() {
        #expect(Checksum.of(Array("123456789".utf8)[...]) == 0xCBF4_3926)
        #expect(Checksum.of([]) == 0)
    }
}
