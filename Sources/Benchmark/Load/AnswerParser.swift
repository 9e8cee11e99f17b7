/// An answer of a server under load.
struct LoadAnswer: Sendable {
    var status: Int
    var body: [UInt8]
    /// What the server says it took itself, from the header `Server-Timing: app;dur=MS`.
    var serverMilliseconds: Double?

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Puts HTTP/1.1 answers together from pieces, one at a time: the generator never sends a request
/// before it has the answer to the one before.
struct AnswerParser {
    private var bytes: [UInt8] = []
    private var head: Head?
    private var chunked: [UInt8] = []
    private var position = 0

    private struct Head {
        var status = 0
        /// Nil when the body comes in chunks.
        var length: Int? = 0
        var serverMilliseconds: Double?
    }

    mutating func append(_ piece: ArraySlice<UInt8>) { bytes.append(contentsOf: piece) }

    /// The answer once it is whole.
    mutating func next() throws(LoadError) -> LoadAnswer? {
        if head == nil { try readHead() }
        guard let head else { return nil }
        let body: [UInt8]
        if let length = head.length {
            guard bytes.count >= position + length else { return nil }
            body = Array(bytes[position..<position + length])
        } else {
            guard try readChunks() else { return nil }
            body = chunked
        }
        let serverMilliseconds = head.serverMilliseconds
        let response = LoadAnswer(
            status: head.status,
            body: body,
            serverMilliseconds: serverMilliseconds
        )
        bytes.removeAll(keepingCapacity: true)
        chunked = []
        position = 0
        self.head = nil
        return response
    }

    private mutating func readHead() throws(LoadError) {
        guard let end = endOfHead() else { return }
        var found = Head()
        guard end > 12, let status = number(at: 9, base: 10), status >= 100 else {
            throw .malformed("no status line")
        }
        found.status = status
        var line = 0
        while line < end {
            var next = line
            while next < end, bytes[next] != 0x0D { next += 1 }
            read(line..<next, into: &found)
            line = next + 2
        }
        position = end + 4
        head = found
    }

    private mutating func read(_ line: Range<Int>, into head: inout Head) {
        // Only names that begin with c, t or s are of interest.
        switch bytes[line.lowerBound] | 0x20 {
        case UInt8(ascii: "c"), UInt8(ascii: "t"), UInt8(ascii: "s"): break
        default: return
        }
        let text = String(decoding: bytes[line], as: UTF8.self).lowercased()
        if text.hasPrefix("content-length:") {
            head.length = Int(text.dropFirst(15).drop { $0 == " " }) ?? 0
        } else if text.hasPrefix("transfer-encoding:"), text.contains("chunked") {
            head.length = nil
        } else if text.hasPrefix("server-timing:"), let range = text.firstRange(of: "dur=") {
            let digits = text[range.upperBound...].prefix { $0.isNumber || $0 == "." }
            head.serverMilliseconds = Double(digits)
        }
    }

    private func endOfHead() -> Int? {
        guard bytes.count >= 4 else { return nil }
        var index = 0
        while index + 3 < bytes.count {
            if bytes[index] == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Moves whole chunks from the bytes to the body; true at the last one.
    private mutating func readChunks() throws(LoadError) -> Bool {
        while true {
            var lineEnd = position
            while lineEnd + 1 < bytes.count, bytes[lineEnd] != 0x0D { lineEnd += 1 }
            guard lineEnd + 1 < bytes.count else { return false }
            guard let length = number(at: position, base: 16) else {
                throw .malformed("a chunk without length")
            }
            let start = lineEnd + 2
            guard bytes.count >= start + length + 2 else { return false }
            if length == 0 { return true }
            chunked.append(contentsOf: bytes[start..<start + length])
            position = start + length + 2
        }
    }

    private func number(at start: Int, base: Int) -> Int? {
        var value: Int?
        var index = start
        while index < bytes.count, let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue,
            digit < base
        {
            value = (value ?? 0) * base + digit
            index += 1
        }
        return value
    }
}
