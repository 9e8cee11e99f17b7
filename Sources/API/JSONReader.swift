/// A pull reader over the bytes of one JSON text, for bodies that are too hot for `JSONDecoder`.
///
/// The caller walks: `beginObject`, then `nextKey` until nil; `beginArray`, then `nextElement`
/// until false; between them exactly one value is read or skipped. Every byte is taken as hostile:
/// 1. nothing is read past the end, and nesting stops at `depthLimit`;
/// 2. strings are valid UTF-8, with surrogate pairs joined and lone surrogates refused;
/// 3. numbers follow JSON's grammar, and no number is longer than `numberLimit` characters.
package struct JSONReader: Sendable {
    package enum Kind: Hashable, Sendable { case object, array, string, number, boolean, null }

    package static let depthLimit = 64
    package static let numberLimit = 1_000

    let bytes: [UInt8]
    /// Offset of the next byte to read.
    package internal(set) var offset = 0
    /// Number of open containers.
    private var depth = 0
    /// One bit for every open container, the innermost lowest: whether its next element is its
    /// first.
    private var firsts: UInt64 = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The kind of the next value, which is not consumed.
    package mutating func peek() throws(JSONSyntaxError) -> Kind {
        switch try nextByte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw failure(.expected("a value"))
        }
    }

    package mutating func beginObject() throws(JSONSyntaxError) {
        try open(UInt8(ascii: "{"), "an object")
    }

    package mutating func beginArray() throws(JSONSyntaxError) {
        try open(UInt8(ascii: "["), "an array")
    }

    /// The next key of the object, its colon consumed; nil at the end of the object.
    package mutating func nextKey() throws(JSONSyntaxError) -> String? {
        guard try advance(closing: UInt8(ascii: "}")) else { return nil }
        let key = try string()
        try takeColon()
        return key
    }

    /// Whether another element of the array follows; false closes the array.
    package mutating func nextElement() throws(JSONSyntaxError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    package mutating func boolean() throws(JSONSyntaxError) -> Bool {
        if try nextByte() == UInt8(ascii: "t") {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    package mutating func null() throws(JSONSyntaxError) {
        skipWhitespace()
        try word("null")
    }

    /// Consumes the next value whatever it is, checking its syntax.
    package mutating func skipValue() throws(JSONSyntaxError) {
        switch try peek() {
        case .object:
            try beginObject()
            while try nextKey() != nil { try skipValue() }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .string: _ = try string()
        case .number: _ = try numberText()
        case .boolean: _ = try boolean()
        case .null: try null()
        }
    }

    /// The next value as it is written, consumed.
    package mutating func rawValue() throws(JSONSyntaxError) -> String {
        skipWhitespace()
        let start = offset
        try skipValue()
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// The text from an earlier offset to here: what a refused value looked like.
    package func text(from start: Int) -> String {
        precondition(start >= 0 && start <= offset, "a text starts at an offset already read")
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Refuses anything but white space after the value that was read.
    package mutating func finish() throws(JSONSyntaxError) {
        skipWhitespace()
        guard offset == bytes.count else { throw failure(.trailingBytes) }
    }

    // MARK: Bytes

    func failure(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(offset: offset, reason: reason)
    }

    @inline(__always)
    func currentByte() throws(JSONSyntaxError) -> UInt8 {
        guard offset < bytes.count else { throw failure(.unexpectedEnd) }
        return bytes[offset]
    }

    /// The first byte that is no white space, which is not consumed.
    @inline(__always)
    mutating func nextByte() throws(JSONSyntaxError) -> UInt8 {
        skipWhitespace()
        return try currentByte()
    }

    @inline(__always)
    mutating func take(_ byte: UInt8, _ name: StaticString) throws(JSONSyntaxError) {
        guard try currentByte() == byte else { throw failure(.expected(name.description)) }
        offset += 1
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while offset < bytes.count, bytes[offset] <= 0x20 {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    mutating func takeColon() throws(JSONSyntaxError) {
        skipWhitespace()
        try take(UInt8(ascii: ":"), "':'")
    }

    private mutating func open(_ byte: UInt8, _ name: StaticString) throws(JSONSyntaxError) {
        skipWhitespace()
        guard depth < Self.depthLimit else { throw failure(.tooDeep(limit: Self.depthLimit)) }
        try take(byte, name)
        depth += 1
        firsts = firsts << 1 | 1
    }

    mutating func advance(closing: UInt8) throws(JSONSyntaxError) -> Bool {
        precondition(depth > 0, "an element is read inside an object or array")
        let byte = try nextByte()
        if byte == closing {
            offset += 1
            depth -= 1
            firsts >>= 1
            return false
        }
        if firsts & 1 == 1 {
            firsts &= ~1
        } else {
            guard byte == UInt8(ascii: ",") else {
                throw failure(.expected("',' or the end of the object or array"))
            }
            offset += 1
            skipWhitespace()
        }
        return true
    }

    private mutating func word(_ text: StaticString) throws(JSONSyntaxError) {
        for byte in text.description.utf8 {
            guard offset < bytes.count else { throw failure(.unexpectedEnd) }
            guard bytes[offset] == byte else { throw failure(.expected("'\(text)'")) }
            offset += 1
        }
    }
}
