/// A Swift source split into what the compiler reads and what it merely carries: `code` has
/// comments and the contents of string literals blanked out, `literals` has everything else blanked
/// out. Both keep the line breaks, so that line numbers stay true.
struct SwiftText {
    var code: String { String(decoding: parts[0], as: UTF8.self) }
    var literals: String { String(decoding: parts[1], as: UTF8.self) }
    /// Comments alone.
    var comments: String { String(decoding: parts[2], as: UTF8.self) }

    /// Bytes of code, literals and comments, each as long as the whole text.
    private var parts: [[UInt8]]

    private enum State: Equatable {
        case code
        case lineComment
        case blockComment(depth: Int)
        /// Ended by the quotes, followed by as many number signs.
        case literal(quotes: Int, signs: Int)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var state = State.code
    /// Literals that an interpolation interrupted, each with its count of open parentheses.
    private var interrupted: [(literal: State, parentheses: Int)] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        let blank = bytes.map { $0 == Self.newline ? $0 : UInt8(ascii: " ") }
        parts = [blank, blank, blank]
        while position < bytes.count {
            switch state {
            case .code: readCode()
            case .lineComment: readLineComment()
            case .blockComment(let depth): readBlockComment(depth: depth)
            case .literal(let quotes, let signs): readLiteral(quotes: quotes, signs: signs)
            }
        }
    }

    private mutating func readCode() {
        let signs = run(of: UInt8(ascii: "#"), from: position)
        let quotes = run(of: UInt8(ascii: "\""), from: position + signs)
        if starts(with: "//") {
            state = .lineComment
        } else if starts(with: "/*") {
            state = .blockComment(depth: 1)
            keep(.comments, count: 2)
        } else if quotes > 0 {
            // Two quotes are an empty literal; three open a literal of several lines.
            let opening = quotes >= 3 ? 3 : 1
            state = .literal(quotes: opening, signs: signs)
            keep(.code, count: signs + opening)
        } else {
            followParentheses(bytes[position])
            if state == .code { keep(.code, count: 1) }
        }
    }

    /// Ends an interpolation at the parenthesis that closes it.
    private mutating func followParentheses(_ byte: UInt8) {
        guard let last = interrupted.indices.last else { return }
        if byte == UInt8(ascii: "(") { interrupted[last].parentheses += 1 }
        if byte == UInt8(ascii: ")") { interrupted[last].parentheses -= 1 }
        guard interrupted[last].parentheses == 0 else { return }
        keep(.code, count: 1)
        state = interrupted.removeLast().literal
    }

    private mutating func readLineComment() {
        if bytes[position] == Self.newline { state = .code }
        keep(.comments, count: 1)
    }

    private mutating func readBlockComment(depth: Int) {
        if starts(with: "*/") {
            state = depth == 1 ? .code : .blockComment(depth: depth - 1)
            keep(.comments, count: 2)
        } else if starts(with: "/*") {
            state = .blockComment(depth: depth + 1)
            keep(.comments, count: 2)
        } else {
            keep(.comments, count: 1)
        }
    }

    private mutating func readLiteral(quotes: Int, signs: Int) {
        let escape = "\\" + String(repeating: "#", count: signs)
        let end = String(repeating: "\"", count: quotes) + String(repeating: "#", count: signs)
        if starts(with: escape + "(") {
            interrupted.append((state, 1))
            state = .code
            keep(.code, count: escape.count + 1)
        } else if starts(with: escape) {
            keep(.literals, count: escape.count + 1)
        } else if starts(with: end) || (quotes == 1 && bytes[position] == Self.newline) {
            state = .code
            keep(.code, count: bytes[position] == Self.newline ? 1 : end.utf8.count)
        } else {
            keep(.literals, count: 1)
        }
    }

    private enum Part: Int { case code, literals, comments }

    private static let newline = UInt8(ascii: "\n")

    /// Moves on, copying to one part; the others keep their blanks and line breaks.
    private mutating func keep(_ part: Part, count: Int) {
        for _ in 0..<count where position < bytes.count {
            parts[part.rawValue][position] = bytes[position]
            position += 1
        }
    }

    private func run(of byte: UInt8, from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] == byte { end += 1 }
        return end - start
    }

    private func starts(with text: String) -> Bool {
        guard position + text.utf8.count <= bytes.count else { return false }
        return zip(bytes[position...], text.utf8).allSatisfy { $0 == $1 }
    }
}
