import Foundation

/// Where PostgreSQL's programs are, and their major version.
struct PostgresPrograms: Sendable {
    let directory: String
    let majorVersion: String

    func path(_ program: String) -> String { directory + "/" + program }

    /// Looks in the folder given, else where `pg_config --bindir` says, else in Debian's folders,
    /// else in PATH.
    static func find(
        in given: String?,
        runner: ProgramRunner
    ) async throws(EmbeddedPostgresError) -> PostgresPrograms {
        var candidates: [String] = []
        if let given {
            candidates = [given]
        } else {
            let config = try await runner.run("pg_config", ["--bindir"])
            if config.status == 0 { candidates.append(config.output) }
            candidates += debianFolders()
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            candidates += path.split(separator: ":").map(String.init)
        }
        for directory in candidates where holdsPrograms(directory) {
            let text = try await runner.demand(directory + "/postgres", ["--version"])
            guard let major = text.firstMatch(of: /(\d+)[.\w]/)?.1 else { continue }
            return PostgresPrograms(directory: directory, majorVersion: String(major))
        }
        throw .programsMissing(searched: candidates.isEmpty ? ["PATH"] : candidates)
    }

    /// `/usr/lib/postgresql/15/bin` and the like, newest first.
    private static func debianFolders() -> [String] {
        let root = "/usr/lib/postgresql"
        // A machine that is not Debian has no such folder, and that is no error.
        guard let versions = try? FileManager.default.contentsOfDirectory(atPath: root) else {
            return []
        }
        return versions.compactMap(Int.init).sorted(by: >).map { "\(root)/\($0)/bin" }
    }

    private static func holdsPrograms(_ directory: String) -> Bool {
        ["initdb", "pg_ctl", "postgres"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: directory + "/" + $0)
        }
    }
}
