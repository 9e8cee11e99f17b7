import Foundation

/// A text file of the repository: its path from the root and what it says.
struct SourceFile: Sendable {
    var path: String
    var text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var fileExtension: String { (path as NSString).pathExtension }
    var name: String { (path as NSString).lastPathComponent }

    func isBelow(_ folders: [String]) -> Bool {
        folders.contains { path == $0 || path.hasPrefix($0 + "/") }
    }
}

/// The files that people write; generated and fetched ones are left out.
enum SourceTree {
    private static let skipped: Set<String> = [".build", ".git", ".venv", "vendor", "__pycache__"]
    private static let extensions: Set<String> = [
        "swift", "js", "css", "html", "sql", "py", "md", "json", "txt", "svg", "h", "modulemap", "",
    ]

    /// Every text file below the root, by path.
    static func files(root: String) throws -> [SourceFile] {
        var files: [SourceFile] = []
        try collect(root: root, folder: "", into: &files)
        return files.sorted { $0.path < $1.path }
    }

    private static func collect(
        root: String,
        folder: String,
        into files: inout [SourceFile]
    ) throws {
        let manager = FileManager.default
        for name in try manager.contentsOfDirectory(atPath: "\(root)/\(folder)") {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            let kind = try manager.attributesOfItem(atPath: "\(root)/\(path)")[.type]
            if kind as? FileAttributeType == .typeDirectory {
                if skipped.contains(name) || name.hasPrefix(".build") { continue }
                if folder.isEmpty, name == "artifacts" { continue }
                try collect(root: root, folder: path, into: &files)
            } else if kind as? FileAttributeType == .typeRegular,
                extensions.contains((name as NSString).pathExtension), name != "Package.resolved"
            {
                guard let data = manager.contents(atPath: "\(root)/\(path)"),
                    let text = String(bytes: data, encoding: .utf8)
                else { continue }
                files.append(SourceFile(path: path, text: text))
            }
        }
    }
}
