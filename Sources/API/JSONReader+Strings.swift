extension JSONReader {
    /// The next value, which is a string, with its escapes resolved.
    package mutating func string() throws(JSONSyntaxError) -> String {
        skipWhitespace()
        let opening = offset
        try take(UInt8(ascii: "\""), "a string")
        let start = offset
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") {
                defer { offset += 1 }
                return try text(bytes[start..<offset], opening: opening)
            }
            if byte == UInt8(ascii: "\\") {
                return try escapedString(start: start, opening: opening)
            }
            guard byte >= 0x20 else { throw failure(.controlCharacter) }
            offset += 1
        }
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

    private mutating func escapedString(
        start: Int,
        opening: Int
    ) throws(JSONSyntaxError) -> String {
        var resolved = Array(bytes[start..<offset])
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
