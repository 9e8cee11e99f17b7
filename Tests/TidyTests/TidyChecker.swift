/// Runs every rule of the house over a set of files.
enum TidyChecker {
    static func findings(in files: [SourceFile]) -> [Finding] {
        files.flatMap { file -> [Finding] in
            let swift = file.fileExtension == "swift" ? SwiftText(file.text) : nil
            return HouseRules.all.flatMap { $0.findings(in: file, swift) }
                + LengthRules.findings(in: file, swift)
                + leftovers(file)
                + uncheckedSendable(file, swift)
        }
    }

    private static func leftovers(_ file: SourceFile) -> [Finding] {
        guard file.name.hasPrefix("Placeholder") else { return [] }
        return [Finding(path: file.path, message: "a placeholder is not a part of the product")]
    }

    /// `@unchecked Sendable` promises what the compiler cannot see, so it needs a reason beside it.
    private static func uncheckedSendable(_ file: SourceFile, _ swift: SwiftText?) -> [Finding] {
        guard let swift else { return [] }
        let code = swift.code.split(separator: "\n", omittingEmptySubsequences: false)
        let comments = swift.comments.split(separator: "\n", omittingEmptySubsequences: false)
        return code.indices.compactMap { index in
            guard code[index].contains("@unchecked Sendable") else { return nil }
            let beside = comments[max(0, index - 4)...index]
            if beside.contains(where: { $0.contains("//") }) { return nil }
            return Finding(
                path: file.path,
                line: index + 1,
                message: "@unchecked Sendable needs its reason in a comment beside it"
            )
        }
    }
}
