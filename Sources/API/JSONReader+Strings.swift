extension JSONReader {
    /// The next value, which is a string, with its escapes resolved.
    package mutating func string() throws(JSONSyntaxError) -> String {
        let plain = try plainString()
        guard let plain else { return try escapedString() }
        return try text(bytes[plain.start..<plain.end], opening: plain.start - 1)
    }

    /// The next key of the object as its place among `names`, its colon consumed; -1 for any other
    /// key, nil at the end of the object.
    package mutating func nextKey(
        among names: JSONNames
    ) throws(JSONSyntaxError) -> Int? {
        guard try advance(closing: UInt8(ascii: "}")) else { return nil }
        var found: Int?
        if let plain = try plainString() {
            let count = plain.end - plain.start
            found = names.find(bytes, from: plain.start, count: count, tail: plain.tail)
            if found == nil, !plain.isASCII {
                _ = try text(bytes[plain.start..<plain.end], opening: plain.start - 1)
            }
        } else {
            found = names.find(try escapedString())
        }
        try takeColon()
        return found ?? -1
    }

    /// The next key of the object as its number in `interner`, its colon consumed; nil at the end
    /// of the object.
    package mutating func nextKey(
        interning interner: inout JSONInterner
    ) throws(JSONSyntaxError) -> Int? {
        guard try advance(closing: UInt8(ascii: "}")) else { return nil }
        let number = try string(interning: &interner)
        try takeColon()
        return number
    }

    /// The next value, which is a string, as its number in `interner`.
    package mutating func string(
        interning interner: inout JSONInterner
    ) throws(JSONSyntaxError) -> Int {
        guard let plain = try plainString() else {
            return interner.number(of: try escapedString())
        }
        let known = interner.find(
            bytes,
            from: plain.start,
            count: plain.end - plain.start,
            hash: plain.hash
        )
        if let known { return known }
        let slice = bytes[plain.start..<plain.end]
        return interner.add(
            try text(slice, opening: plain.start - 1),
            slice,
            hash: plain.hash
        )
    }

    /// A string without escapes: where its bytes stand.
    private struct PlainString {
        var start: Int
        var end: Int
        var isASCII: Bool
        /// The last eight bytes as one number.
        var tail: UInt64
        var hash: UInt64
    }

    /// Consumes a string without escapes. With an escape in it, nil, and nothing is consumed.
    @inline(__always)
    private mutating func plainString() throws(JSONSyntaxError) -> PlainString? {
        skipWhitespace()
        try take(UInt8(ascii: "\""), "a string")
        let start = offset
        var index = start
        var tail: UInt64 = 0
        var hash = JSONInterner.seed
        var bits: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                offset = index + 1
                return PlainString(
                    start: start,
                    end: index,
                    isASCII: bits < 0x80,
                    tail: tail,
                    hash: hash
                )
            }
            if byte == UInt8(ascii: "\\") {
                offset = start - 1
                return nil
            }
            guard byte >= 0x20 else {
                offset = index
                throw failure(.controlCharacter)
            }
            tail = tail << 8 | UInt64(byte)
            hash = JSONInterner.mix(hash, byte)
            bits |= byte
            index += 1
        }
        offset = index
        throw failure(.unexpectedEnd)
    }

    private func text(
        _ slice: ArraySlice<UInt8>,
        opening: Int
    ) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONSyntaxError(offset: opening, reason: .invalidUTF8)
        }
        return text
    }

    private mutating func escapedString() throws(JSONSyntaxError) -> String {
        let opening = offset
        try take(UInt8(ascii: "\""), "a string")
        var resolved: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return try text(resolved[...], opening: opening)
            case UInt8(ascii: "\\"):
                offset += 1
                resolved.append(contentsOf: try escape())
            case 0..<0x20:
                throw failure(.controlCharacter)
            default:
                resolved.append(byte)
                offset += 1
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func escape() throws(JSONSyntaxError) -> [UInt8] {
        let letter = try currentByte()
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(Character(try escapedScalar()).utf8)
        default: throw failure(.invalidEscape)
        }
    }

    private mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try fourHexDigits()
        var value = first
        if (0xD800..<0xDC00).contains(first) {
            guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
                bytes[offset + 1] == UInt8(ascii: "u")
            else { throw failure(.invalidEscape) }
            offset += 2
            let second = try fourHexDigits()
            guard (0xDC00..<0xE000).contains(second) else { throw failure(.invalidEscape) }
            value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw failure(.invalidEscape) }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = try currentByte()
            guard let digit = Self.hexDigit(byte) else { throw failure(.invalidEscape) }
            value = value << 4 | digit
            offset += 1
        }
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
