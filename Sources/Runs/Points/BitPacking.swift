/// Unsigned numbers of one width, packed one behind the other, least significant bit first.
enum BitPacking {
    /// Widths are 0 to 56, or 64: one unaligned word of 8 bytes then holds any number whole.
    static let widestShort = 56

    static func isValid(width: Int) -> Bool { 0...widestShort ~= width || width == 64 }

    static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

    /// Appends the first `count` numbers, each below 2^width.
    static func pack(
        _ numbers: Span<UInt64>,
        count: Int,
        width: Int,
        to bytes: inout [UInt8]
    ) {
        guard width > 0 else { return }
        let start = bytes.count
        let length = byteCount(count, width: width)
        // Whole words are stored, so up to 7 bytes more than needed.
        bytes.append(contentsOf: repeatElement(0, count: length + 8))
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        var offset = start
        if width == 64 {
            for index in 0..<count {
                raw.storeBytes(
                    of: numbers[index].littleEndian,
                    toByteOffset: offset,
                    as: UInt64.self
                )
                offset += 8
            }
        } else {
            // At most 7 bits wait, so that with 56 more one word holds all.
            var waiting: UInt64 = 0
            var bits = 0
            for index in 0..<count {
                waiting |= numbers[index] &<< UInt64(truncatingIfNeeded: bits)
                raw.storeBytes(of: waiting.littleEndian, toByteOffset: offset, as: UInt64.self)
                bits &+= width
                offset &+= bits &>> 3
                waiting = waiting &>> UInt64(truncatingIfNeeded: bits & ~7)
                bits &= 7
            }
        }
        bytes.removeLast(8)
    }

    /// Reads `count` numbers from `offset` on; false when the bytes end before them.
    static func unpack(
        _ bytes: RawSpan,
        at offset: Int,
        count: Int,
        width: Int,
        into numbers: inout MutableSpan<UInt64>
    ) -> Bool {
        guard isValid(width: width), bytes.byteCount - offset >= byteCount(count, width: width)
        else { return false }
        if width == 0 {
            for index in 0..<count { numbers[index] = 0 }
            return true
        }
        if width == 64 {
            for index in 0..<count { numbers[index] = bytes.word(at: offset &+ index &* 8) }
            return true
        }
        let mask = (UInt64(1) &<< UInt64(truncatingIfNeeded: width)) &- 1
        // Numbers whose word of 8 bytes lies within the bytes.
        let room = bytes.byteCount - offset - 8
        let whole = room < 0 ? 0 : min(count, (room * 8 + 7) / width + 1)
        for index in 0..<whole {
            let bit = index &* width
            let word = bytes.word(at: offset &+ bit &>> 3)
            numbers[index] = word &>> UInt64(truncatingIfNeeded: bit & 7) & mask
        }
        for index in whole..<count {
            let bit = index &* width
            let word = bytes.partialWord(at: offset &+ bit &>> 3)
            numbers[index] = word &>> UInt64(truncatingIfNeeded: bit & 7) & mask
        }
        return true
    }
}

extension RawSpan {
    /// The little-endian word of 8 bytes at `offset`.
    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The same; bytes past the end are zero.
    func partialWord(at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<Swift.min(8, byteCount - offset) {
            word |= UInt64(self[offset + index]) << UInt64(8 * index)
        }
        return word
    }

    subscript(offset: Int) -> UInt8 {
        unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
    }

    /// Reads a base-128 number of at most 64 bits and moves `position` behind it; nil when the
    /// bytes end within it or it is larger.
    func varint(at position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < byteCount, shift < 64 {
            let byte = self[position]
            position += 1
            let group = UInt64(byte & 0x7F)
            guard shift < 63 || group <= 1 else { return nil }
            value |= group << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    func zigzag(at position: inout Int) -> Int64? {
        varint(at: &position).map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    func byte(at position: inout Int) -> UInt8? {
        guard position < byteCount else { return nil }
        defer { position += 1 }
        return self[position]
    }

    func word(at position: inout Int) -> UInt64? {
        guard byteCount - position >= 8 else { return nil }
        defer { position += 8 }
        return word(at: position)
    }
}

extension [UInt8] {
    mutating func appendZigzag(_ value: Int64) {
        appendVarint(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    mutating func appendWord(_ word: UInt64) {
        for shift in 0..<8 { append(UInt8(truncatingIfNeeded: word >> UInt64(8 * shift))) }
    }
}
