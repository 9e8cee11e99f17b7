import CLI
import Foundation
import Testing

@Suite struct LineCutterTests {
    @Test func `lines are the same however the bytes were cut`() {
        let bytes = Array("one\n\ntwo and more\r\nlast".utf8)
        for size in 1...bytes.count {
            var cutter = LineCutter(offset: 100)
            var lines: [String] = []
            var ends: [Int] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                for line in cutter.take(Array(bytes[start..<min(bytes.count, start + size)])) {
                    lines.append(String(decoding: line.bytes, as: UTF8.self))
                    ends.append(line.end)
                }
            }
            #expect(lines == ["one", "", "two and more\r"])
            #expect(ends == [104, 105, 119])
            #expect(cutter.offset == 119 && cutter.readOffset == 123)
            #expect(cutter.finish().map { Array($0.bytes) } == Array("last".utf8))
        }
    }

    @Test func `an endless line takes no memory and is passed over`() {
        var cutter = LineCutter(offset: 0)
        let part = [UInt8](repeating: 0x61, count: 700_000)
        for _ in 0..<10 { #expect(cutter.take(part).isEmpty) }
        let lines = cutter.take(Array("x\nshort\n".utf8))
        #expect(lines.map { Array($0.bytes) } == [Array("short".utf8)])
        #expect(lines.first?.end == 7_000_008)
        #expect(cutter.overlongCount == 1)
    }
}
