import Foundation

/// Where things lie when no setting says otherwise.
package struct DefaultDirectories: Sendable {
    package var data: String
    package var web: String
    package var sql: String
    package var examples: String

    package init(data: String, web: String, sql: String, examples: String) {
        self.data = data
        self.web = web
        self.sql = sql
        self.examples = examples
    }

    /// Data lies in a system folder for root, whose home the account that runs PostgreSQL cannot
    /// enter, and in the user's data home otherwise. Pages, migrations and examples lie beside one
    /// of the folders above the program (a source checkout), or under `share/isoloss` of its
    /// prefix.
    package static func current(name: String = "isoloss") -> DefaultDirectories {
        DefaultDirectories(
            data: dataHome() + "/" + name,
            web: near("web", holding: "page.html"),
            sql: near("sql", holding: ""),
            examples: near("examples", holding: "")
        )
    }

    /// A relative path counts from the working folder.
    package static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: (path as NSString).expandingTildeInPath).standardizedFileURL.path
    }

    private static func dataHome() -> String {
        let environment = ProcessInfo.processInfo.environment
        if geteuid() == 0 { return "/var/lib" }
        if let home = environment["XDG_DATA_HOME"], home.hasPrefix("/") { return home }
        return NSHomeDirectory() + "/.local/share"
    }

    private static func near(_ folder: String, holding file: String) -> String {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        var parent = program.deletingLastPathComponent()
        var candidates: [URL] = []
        for _ in 0..<6 {
            candidates.append(parent.appendingPathComponent(folder))
            candidates.append(parent.appendingPathComponent("share/isoloss/" + folder))
            parent.deleteLastPathComponent()
        }
        candidates.append(URL(fileURLWithPath: folder))
        let found = candidates.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent(file).path)
        }
        return (found ?? URL(fileURLWithPath: folder)).path
    }
}
