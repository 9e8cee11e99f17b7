/// Words that may stand in some places only.
struct WordRule: Sendable {
    enum Part: Sendable {
        /// What the compiler reads; for files that are not Swift, everything.
        case code
        /// Contents of string literals.
        case literals
        case everything
    }

    var name: String
    /// A word that begins or ends with a letter must begin or end a word there.
    var words: [String]
    var part: Part
    var folders: [String]
    var except: [String] = []
    var fileExtensions: Set<String> = []
    var isCaseSensitive = true
    var instead: String

    func findings(in file: SourceFile, _ swift: SwiftText?) -> [Finding] {
        guard folders.isEmpty || file.isBelow(folders), !file.isBelow(except),
            fileExtensions.isEmpty || fileExtensions.contains(file.fileExtension)
        else { return [] }
        let text =
            switch part {
            case .code: swift?.code ?? file.text
            case .literals: swift?.literals ?? ""
            case .everything: file.text
            }
        let bytes = Array((isCaseSensitive ? text : text.lowercased()).utf8)
        return words.flatMap { word in
            Self.positions(of: Array(word.utf8), in: bytes).map { position in
                let line = bytes[..<position].count { $0 == UInt8(ascii: "\n") } + 1
                return Finding(path: file.path, line: line, message: "\(word): \(instead)")
            }
        }
    }

    private static func positions(of word: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard let first = word.first, let last = word.last, bytes.count >= word.count else {
            return []
        }
        var found: [Int] = []
        for start in 0...(bytes.count - word.count) where bytes[start] == first {
            let end = start + word.count
            guard bytes[start..<end].elementsEqual(word) else { continue }
            let before = start > 0 ? bytes[start - 1] : nil
            let after = end < bytes.count ? bytes[end] : nil
            if isBoundary(before, first), isBoundary(after, last) { found.append(start) }
        }
        return found
    }

    private static func isBoundary(_ outside: UInt8?, _ inside: UInt8) -> Bool {
        guard let outside, isWordByte(inside) else { return true }
        return !isWordByte(outside)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
