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
    /// For every open container, whether its next element is its first.
    private var isFirst: [Bool] = []

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        isFirst.reserveCapacity(8)
    }

    /// The kind of the next value, which is not consumed.
    package mutating func peek() throws(JSONSyntaxError) -> Kind {
        skipWhitespace()
        switch try currentByte() {
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
        skipWhitespace()
        try take(UInt8(ascii: ":"), "':'")
        return key
    }

    /// Whether another element of the array follows; false closes the array.
    package mutating func nextElement() throws(JSONSyntaxError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    package mutating func boolean() throws(JSONSyntaxError) -> Bool {
        skipWhitespace()
        if try currentByte() == UInt8(ascii: "t") {
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

    func currentByte() throws(JSONSyntaxError) -> UInt8 {
        guard offset < bytes.count else { throw failure(.unexpectedEnd) }
        return bytes[offset]
    }

    mutating func take(_ byte: UInt8, _ name: String) throws(JSONSyntaxError) {
        guard try currentByte() == byte else { throw failure(.expected(name)) }
        offset += 1
    }

    mutating func skipWhitespace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    private mutating func open(_ byte: UInt8, _ name: String) throws(JSONSyntaxError) {
        skipWhitespace()
        guard isFirst.count < Self.depthLimit else {
            throw failure(.tooDeep(limit: Self.depthLimit))
        }
        try take(byte, name)
        isFirst.append(true)
    }

    private mutating func advance(closing: UInt8) throws(JSONSyntaxError) -> Bool {
        precondition(!isFirst.isEmpty, "an element is read inside an object or array")
        skipWhitespace()
        if try currentByte() == closing {
            offset += 1
            isFirst.removeLast()
            return false
        }
        if isFirst[isFirst.count - 1] {
            isFirst[isFirst.count - 1] = false
        } else {
            try take(UInt8(ascii: ","), "',' or the end of the object or array")
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
