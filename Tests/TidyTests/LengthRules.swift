/// How long files, functions and lines may be.
enum LengthRules {
    static let fileLines = ["swift": 400, "js": 250, "css": 150]
    static let functionLines = 60
    static let columns = 100
    /// For a line that holds a piece of a literal, which the formatter does not break.
    static let literalColumns = 120

    static func findings(in file: SourceFile, _ swift: SwiftText?) -> [Finding] {
        var findings: [Finding] = []
        let lines = file.lines
        let count = lines.last == "" ? lines.count - 1 : lines.count
        if let limit = fileLines[file.fileExtension], count > limit {
            findings.append(
                Finding(path: file.path, message: "\(count) lines; \(limit) are the limit")
            )
        }
        if let swift { findings += longLines(file, swift) }
        if let swift { findings += longFunctions(file.path, swift.code) }
        return findings
    }

    private static func longLines(_ file: SourceFile, _ swift: SwiftText) -> [Finding] {
        let literals = swift.literals.split(separator: "\n", omittingEmptySubsequences: false)
        return zip(file.lines, literals).enumerated().compactMap { index, pair in
            let isLiteral = pair.1.contains { $0 != " " }
            let limit = isLiteral ? literalColumns : columns
            guard pair.0.count > limit else { return nil }
            let message = "\(pair.0.count) columns; \(limit) are the limit"
            return Finding(path: file.path, line: index + 1, message: message)
        }
    }

    /// Functions and initialisers, from their first line to their closing brace.
    private static func longFunctions(_ path: String, _ code: String) -> [Finding] {
        var findings: [Finding] = []
        var open: [(start: Int?, name: String)] = []
        var pending: (line: Int, name: String)?
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if let name = functionName(line) { pending = (index, name) }
            for character in line {
                if character == "{" {
                    open.append((pending?.line, pending?.name ?? ""))
                    pending = nil
                } else if character == "}" {
                    // A requirement of a protocol has no body.
                    pending = nil
                    guard let block = open.popLast(), let start = block.start else { continue }
                    let count = index - start + 1
                    guard count > functionLines else { continue }
                    let message = "\(block.name) has \(count) lines; \(functionLines) are the limit"
                    findings.append(Finding(path: path, line: start + 1, message: message))
                }
            }
        }
        return findings
    }

    private static func functionName(_ line: Substring) -> String? {
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "`") }
        if let index = words.firstIndex(of: "func"), index + 1 < words.count {
            return String(words[index + 1])
        }
        let isInitialiser =
            line.contains("init(") && !line.contains(".init(") && !line.contains("= init(")
        return isInitialiser && words.first != "self" && words.first != "super" ? "init" : nil
    }
}
