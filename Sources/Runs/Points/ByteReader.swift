/// Reads bytes from front to back; nil when they run out or are malformed.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int

    init(_ bytes: [UInt8], from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// A base-128 number of at most 64 bits, least significant group first.
    mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = byte() else { return nil }
            let group = UInt64(byte & 0x7F)
            guard shift < 63 || group <= 1 else { return nil }
            value |= group << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, bytes.count - position >= count else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// `count` little-endian words of 8 bytes.
    mutating func words(_ count: Int) -> [UInt64]? {
        guard bytes.count - position >= 8 * count else { return nil }
        var words: [UInt64] = []
        words.reserveCapacity(count)
        for _ in 0..<count {
            var word: UInt64 = 0
            for index in 0..<8 { word |= UInt64(bytes[position + index]) << (8 * UInt64(index)) }
            position += 8
            words.append(word)
        }
        return words
    }
}

extension [UInt8] {
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
