/// Cuts bytes into rows of fields by RFC 4180: quoted fields may hold separators, line ends and
/// doubled quotes; lines end in LF, CRLF or CR; a byte order mark is skipped.
struct CSVReader {
    /// Where a field lies in the bytes, without its quotes.
    struct Field {
        var range: Range<Int>
        var hasDoubledQuotes: Bool
    }

    let bytes: [UInt8]
    let separator: UInt8
    private(set) var position: Int
    /// 1-based line at `position`.
    private(set) var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        separator = Self.separator(of: bytes[position...])
    }

    /// Reads the next row that is not blank; returns the line it began on, nil at the end.
    mutating func next(into fields: inout [Field]) throws(ImportError) -> Int? {
        while position < bytes.count, Self.isLineEnd(bytes[position]) { skipLineEnd() }
        guard position < bytes.count else { return nil }
        let start = line
        fields.removeAll(keepingCapacity: true)
        while true {
            guard fields.count < 100_000 else {
                throw .tooLarge(what: "columns", count: fields.count + 1, limit: 100_000)
            }
            fields.append(try field())
            guard position < bytes.count else { return start }
            if bytes[position] == separator {
                position += 1
                continue
            }
            skipLineEnd()
            return start
        }
    }

    /// The field's text, or nil when it is not UTF-8.
    func text(_ field: Field) -> String? {
        guard field.hasDoubledQuotes else {
            return String(validating: bytes[field.range], as: UTF8.self)
        }
        var plain: [UInt8] = []
        var index = field.range.lowerBound
        while index < field.range.upperBound {
            plain.append(bytes[index])
            index += bytes[index] == Self.quote ? 2 : 1
        }
        return String(validating: plain, as: UTF8.self)
    }

    private mutating func field() throws(ImportError) -> Field {
        if position < bytes.count, bytes[position] == Self.quote { return try quotedField() }
        let start = position
        while position < bytes.count, bytes[position] != separator, !Self.isLineEnd(bytes[position])
        {
            position += 1
        }
        return Field(range: start..<position, hasDoubledQuotes: false)
    }

    private mutating func quotedField() throws(ImportError) -> Field {
        let startLine = line
        position += 1
        let start = position
        var hasDoubledQuotes = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == Self.quote {
                guard position + 1 < bytes.count, bytes[position + 1] == Self.quote else { break }
                hasDoubledQuotes = true
                position += 2
            } else if Self.isLineEnd(byte) {
                skipLineEnd()
            } else {
                position += 1
            }
        }
        guard position < bytes.count else {
            throw .format(
                line: startLine,
                reason: "a quoted field begins here and is never closed; the file may be cut short."
            )
        }
        let range = start..<position
        position += 1
        guard
            position == bytes.count || bytes[position] == separator
                || Self.isLineEnd(bytes[position])
        else {
            throw .format(
                line: line,
                reason:
                    "text follows the closing quote of a field; a quote inside a field is doubled."
            )
        }
        return Field(range: range, hasDoubledQuotes: hasDoubledQuotes)
    }

    private mutating func skipLineEnd() {
        let isPair =
            bytes[position] == Self.carriageReturn && position + 1 < bytes.count
            && bytes[position + 1] == Self.lineFeed
        position += isPair ? 2 : 1
        line += 1
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == lineFeed || byte == carriageReturn
    }

    /// Comma, semicolon or tab: the one most frequent in the header outside quotes.
    private static func separator(of bytes: ArraySlice<UInt8>) -> UInt8 {
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        var counts = [0, 0, 0]
        var isQuoted = false
        for byte in bytes {
            if byte == quote { isQuoted.toggle() }
            if isQuoted { continue }
            if isLineEnd(byte), counts.contains(where: { $0 > 0 }) { break }
            if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        let best = counts.indices.max {
            counts[$0] < counts[$1] || (counts[$0] == counts[$1] && $0 > $1)
        }
        return candidates[best ?? 0]
    }
}
