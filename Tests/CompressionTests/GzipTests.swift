import Compression
import Testing

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 1_000, 300_000, 2_000_000])
    func `what was compressed comes back`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let packed = try Gzip.compress(bytes)
        #expect(Gzip.isGzip(packed))
        #expect(try Gzip.decompress(packed, limit: count) == bytes)
    }

    @Test func `members that follow each other are joined`() throws {
        let packed = try Gzip.compress(Array("one ".utf8)) + Gzip.compress(Array("two".utf8))
        #expect(try Gzip.decompress(packed, limit: 100) == Array("one two".utf8))
    }

    @Test func `a small file that unpacks to more than the limit is refused`() throws {
        let packed = try Gzip.compress([UInt8](repeating: 0, count: 10_000_000))
        #expect(packed.count < 20_000)
        #expect(throws: CompressionError.tooLarge(limit: 1_000_000)) {
            try Gzip.decompress(packed, limit: 1_000_000)
        }
    }

    @Test func `a file cut short is refused`() throws {
        let packed = try Gzip.compress(Array("some text that is long enough".utf8))
        for count in 2..<packed.count {
            #expect(throws: CompressionError.truncated) {
                try Gzip.decompress(Array(packed[..<count]), limit: 1_000)
            }
        }
    }

    @Test func `damage is found by the checksum`() throws {
        var packed = try Gzip.compress((0..<255).map { UInt8($0) })
        packed[packed.count / 2] ^= 0x10
        #expect(throws: CompressionError.self) { try Gzip.decompress(packed, limit: 1_000) }
    }

    @Test func `bytes that are not gzip are refused`() {
        #expect(throws: CompressionError.notGzip) { try Gzip.decompress([1, 2, 3], limit: 10) }
        #expect(throws: CompressionError.notGzip) { try Gzip.decompress([], limit: 10) }
    }
}
