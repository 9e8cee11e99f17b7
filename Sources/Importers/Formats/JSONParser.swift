import Runs

/// Reads one JSON value from a slice of bytes. Depth is bounded, so hostile nesting cannot exhaust
/// the stack.
struct JSONParser {
    struct Failure: Error, Hashable {
        var reason: String
        /// 0-based byte within the slice.
        var offset: Int
    }

    static let depthLimit = 32

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var depth = 0

    static func parse(_ bytes: ArraySlice<UInt8>) throws(Failure) -> JSONValue {
        var parser = JSONParser(bytes: bytes, position: bytes.startIndex)
        let value = try parser.value()
        parser.skipBlanks()
        guard parser.position == bytes.endIndex else {
            throw parser.failure("text after the end of the value")
        }
        return value
    }

    private init(bytes: ArraySlice<UInt8>, position: Int) {
        self.bytes = bytes
        self.position = position
    }

    private func failure(_ reason: String) -> Failure {
        Failure(reason: reason, offset: position - bytes.startIndex)
    }

    private var current: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
        }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(Failure) -> JSONValue {
        skipBlanks()
        switch current {
        case UInt8(ascii: "{"): return try nested { parser throws(Failure) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(Failure) in try parser.array() }
        case UInt8(ascii: "\""): return .text(try string())
        case nil: throw failure("the value is cut short")
        default: return try word()
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(Failure) -> JSONValue
    ) throws(Failure) -> JSONValue {
        guard depth < Self.depthLimit else {
            throw failure("more than \(Self.depthLimit) levels of nesting")
        }
        depth += 1
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(Failure) -> JSONValue {
        var members: [String: JSONValue] = [:]
        if accept(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else {
                throw failure("a name in quotes is expected")
            }
            let name = try string()
            guard accept(UInt8(ascii: ":")) else { throw failure(": is expected after a name") }
            members[name] = try value()
        } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "}")) else { throw failure(", or } is expected") }
        return .object(members)
    }

    private mutating func array() throws(Failure) -> JSONValue {
        if accept(UInt8(ascii: "]")) { return .numbers([]) }
        var numbers: [Double] = []
        var others: [JSONValue]?
        repeat {
            let value = try value()
            if others != nil {
                others?.append(value)
            } else if case .number(let number) = value {
                numbers.append(number)
            } else {
                others = numbers.map { .number($0) } + [value]
            }
        } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "]")) else { throw failure(", or ] is expected") }
        return others.map(JSONValue.array) ?? .numbers(numbers)
    }

    private mutating func word() throws(Failure) -> JSONValue {
        let start = position
        while let byte = current, Self.isWordPart(byte) { position += 1 }
        let slice = bytes[start..<position]
        if let number = NumberText.number(slice) { return .number(number) }
        switch String(decoding: slice.prefix(8), as: UTF8.self) {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "null": return .null
        default:
            position = start
            throw failure("neither a value nor a number")
        }
    }

    private static func isWordPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"),
            byte >= 0x20
        {
            position += 1
        }
        if current == UInt8(ascii: "\"") {
            let plain = bytes[start..<position]
            position += 1
            return try validated(plain)
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw failure("a control character stands in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                try escape(into: &unescaped)
            } else {
                unescaped.append(byte)
            }
        }
        guard current != nil else { throw failure("a string is never closed") }
        position += 1
        return try validated(unescaped[...])
    }

    private func validated(_ slice: ArraySlice<UInt8>) throws(Failure) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw failure("a string is not UTF-8")
        }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard let byte = current else { throw failure("a string is never closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
        default: throw failure("an unknown escape")
        }
    }

    /// The scalar after `\u`, a pair of surrogates included.
    private mutating func scalar() throws(Failure) -> Character {
        let first = try hexadecimalUnit()
        var code = first
        if first >= 0xD800, first < 0xDC00 {
            guard current == UInt8(ascii: "\\") else { throw failure("half a surrogate pair") }
            position += 1
            guard current == UInt8(ascii: "u") else { throw failure("half a surrogate pair") }
            position += 1
            let second = try hexadecimalUnit()
            guard second >= 0xDC00, second < 0xE000 else { throw failure("half a surrogate pair") }
            code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard code != 0, let scalar = Unicode.Scalar(code) else {
            throw failure("an escape that is no character")
        }
        return Character(scalar)
    }

    private mutating func hexadecimalUnit() throws(Failure) -> UInt32 {
        let end = position + 4
        guard end <= bytes.endIndex,
            let unit = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
        else { throw failure("an escape that is no character") }
        position = end
        return unit
    }
}
