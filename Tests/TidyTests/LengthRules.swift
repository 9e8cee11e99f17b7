/// How long files, functions and lines may be.
enum LengthRules {
    static let fileLines = ["swift": 400, "js": 250, "css": 150]
    static let functionLines = 60
    static let columns = 100

    static func findings(in file: SourceFile, _ swift: SwiftText?) -> [Finding] {
        var findings: [Finding] = []
        let lines = file.lines
        let count = lines.last == "" ? lines.count - 1 : lines.count
        if let limit = fileLines[file.fileExtension], count > limit {
            findings.append(
                Finding(path: file.path, message: "\(count) lines; \(limit) are the limit")
            )
        }
        if file.fileExtension == "swift" {
            for (index, line) in lines.enumerated() where line.count > columns {
                findings.append(
                    Finding(
                        path: file.path,
                        line: index + 1,
                        message: "\(line.count) columns; \(columns) are the limit"
                    )
                )
            }
        }
        if let swift { findings += longFunctions(file.path, swift.code) }
        return findings
    }

    /// Functions, initialisers and computed members, from their first line to their closing brace.
    private static func longFunctions(_ path: String, _ code: String) -> [Finding] {
        var findings: [Finding] = []
        var open: [(start: Int?, name: String)] = []
        var pending: (line: Int, name: String)?
        for (index, line) in code.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if let name = functionName(line) { pending = (index, name) }
            for character in line {
                if character == "{" {
                    open.append((pending?.line, pending?.name ?? ""))
                    pending = nil
                } else if character == "}", let block = open.popLast(), let start = block.start,
                    index - start + 1 > functionLines
                {
                    let count = index - start + 1
                    findings.append(
                        Finding(
                            path: path,
                            line: start + 1,
                            message: "\(block.name) has \(count) lines; "
                                + "\(functionLines) are the limit"
                        )
                    )
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
