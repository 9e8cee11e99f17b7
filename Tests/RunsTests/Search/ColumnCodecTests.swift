import Foundation
import Runs
import TestSupport
import Testing

@Suite struct ColumnCodecTests {
    private static func columns(_ count: Int, share: Double, seed: UInt64) -> [RunColumn] {
        var generator = SeededGenerator(seed: seed)
        var numbers = NumberColumn(missing: count)
        var few: [String?] = []
        var many: [String?] = []
        var ids: [RunKey] = []
        for row in 0..<count {
            let isPresent = Double.random(in: 0..<1, using: &generator) < share
            numbers.isPresent[row] = isPresent
            numbers.values[row] = isPresent ? Double(bitPattern: generator.next()) : 0
            few.append(
                isPresent ? ["", "a", "é", "e\u{301}"].randomElement(using: &generator) : nil
            )
            many.append(isPresent ? "text \(generator.next() % 700)" : nil)
            ids.append(RunKey(high: generator.next(), low: generator.next()))
        }
        return [
            .numbers(numbers), .texts(TextColumn(few)), .texts(TextColumn(many)),
            .ids(IDColumn(ids: ids)),
        ]
    }

    @Test(arguments: [0, 1, 7, 8, 9, 257, 4_096], [0, 0.02, 0.5, 1])
    func `a column reads back as it was`(count: Int, share: Double) {
        for column in Self.columns(count, share: share, seed: 3) {
            #expect(ColumnCodec.decode(ColumnCodec.encode(column)) == column)
        }
    }

    @Test func `bytes that are no column are refused`() {
        for column in Self.columns(300, share: 0.5, seed: 5) {
            let bytes = ColumnCodec.encode(column)
            for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
                #expect(ColumnCodec.decode(Array(bytes[..<length])) == nil)
            }
            #expect(ColumnCodec.decode(bytes + [0]) == nil)
            var generator = SeededGenerator(seed: 7)
            for _ in 0..<2_000 {
                var broken = bytes
                let place = Int.random(in: 0..<broken.count, using: &generator)
                broken[place] = UInt8.random(in: 0...255, using: &generator)
                // Whatever it says, it is read or refused, and nothing else happens.
                _ = ColumnCodec.decode(broken)
            }
        }
    }

    @Test func `keys read back from their text`() {
        let keys: [SearchKey] =
            SearchKey.Attribute.allCases.map { .attribute($0) }
            + [.param("a:b"), .tag(""), .metric("é"), .maximum("lr")]
        for key in keys { #expect(SearchKey(text: key.text) == key) }
        for text in ["", "p", "q:x", "a:none", "r:loss"] { #expect(SearchKey(text: text) == nil) }
    }

    @Test func `ids compare as their bytes do`() {
        var generator = SeededGenerator(seed: 9)
        let ids = (0..<500).map { _ in
            RunKey(high: generator.next() & 0xFF << 56, low: generator.next()).runID
        }
        #expect(ids.sorted() == ids.map(RunKey.init).sorted().map(\.runID))
        #expect(ids.map { RunKey($0).runID } == ids && ids.map { RunKey($0).hex } == ids.map(\.hex))
    }
}
