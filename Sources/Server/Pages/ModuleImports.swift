import Foundation

/// The modules that a module names in `import … from "…"`, `export … from "…"` and `import "…"`.
/// What it fetches later, by `import("…")`, is left out.
enum ModuleImports {
    /// - Parameter path: where the module lies below the folder of pages.
    /// - Returns: paths below that folder.
    static func read(_ text: [UInt8], at path: String) -> [String] {
        let folder = path.split(separator: "/").dropLast()
        return String(decoding: text, as: UTF8.self)
            .split(separator: "\n")
            .compactMap(specifier)
            .compactMap { resolve($0, from: folder) }
    }

    /// The last line of an import names the module.
    private static func specifier(_ line: Substring) -> Substring? {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].trimmingCharacters(in: .whitespaces) == ";" else {
            return nil
        }
        let words = parts[0].trimmingCharacters(in: .whitespaces)
        return words == "import" || words.hasSuffix(" from") ? parts[1] : nil
    }

    private static func resolve(_ specifier: Substring, from folder: ArraySlice<Substring>)
        -> String?
    {
        var folders = Array(folder)
        for part in specifier.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                if folders.popLast() == nil { return nil }
            default: folders.append(part)
            }
        }
        return specifier.hasPrefix(".") ? folders.joined(separator: "/") : nil
    }
}
