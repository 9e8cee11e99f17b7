import Foundation
import Glibc
package import Postgres
package import Storage

/// Throwaway databases for tests: one cluster per test process, one migrated template in it, one
/// clone of the template per test.
package enum TestDatabase {
    /// An empty database of the current schema, alone to its caller.
    package static func make(connectionLimit: Int = 4) async throws -> Database {
        let cluster = try await TestCluster.shared.ready()
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "_")
        try await cluster.clone(as: name)
        return Database(
            conninfo: await cluster.postgres.conninfo(database: name),
            connectionLimit: connectionLimit
        )
    }

    /// An empty database without any schema.
    package static func makeBare() async throws -> Database {
        let cluster = try await TestCluster.shared.ready()
        let name = "bare_" + UUID().uuidString.lowercased().replacing("-", with: "_")
        try await cluster.administrator.executeScript("CREATE DATABASE \(name)")
        return Database(conninfo: await cluster.postgres.conninfo(database: name))
    }

    package static func makeStore(connectionLimit: Int = 4) async throws -> Store {
        Store(database: try await make(connectionLimit: connectionLimit))
    }

    /// Root of the checkout, found from this file.
    package static let repositoryRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    package static var migrationFolder: String { repositoryRoot + "/sql" }
}

/// The cluster of this test process; started by the first test that needs it, stopped at exit.
actor TestCluster {
    static let shared = TestCluster()

    private var started: Task<StartedCluster, any Error>?

    func ready() async throws -> StartedCluster {
        if let started { return try await started.value }
        let task = Task { try await StartedCluster.start() }
        started = task
        return try await task.value
    }
}

/// A started cluster with its migrated template.
actor StartedCluster {
    nonisolated let postgres: EmbeddedPostgres
    nonisolated let administrator: Connection

    private init(postgres: EmbeddedPostgres, administrator: Connection) {
        self.postgres = postgres
        self.administrator = administrator
    }

    static func start() async throws -> StartedCluster {
        sweep()
        let folder = "/tmp/isoloss-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let postgres = EmbeddedPostgres(
            dataDirectory: folder,
            settings: ["fsync": "off", "synchronous_commit": "off", "max_connections": "600"]
        )
        _ = try await postgres.start()
        stopAtExit()
        let template = Database(conninfo: await postgres.conninfo(database: "isoloss"))
        _ = try await Migrator(directory: TestDatabase.migrationFolder, database: template)
            .migrate()
        template.close()
        let conninfo = await postgres.conninfo(database: "postgres")
        let administrator = try await Connection.open(conninfo)
        return StartedCluster(postgres: postgres, administrator: administrator)
    }

    /// A template must have no other user, and closing a connection takes the server a moment.
    func clone(as name: String) async throws {
        let statement = "CREATE DATABASE \(name) TEMPLATE isoloss"
        for _ in 0..<100 {
            if try await attempt(statement) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        try await administrator.executeScript(statement)
    }

    /// False when the template is in use.
    private func attempt(_ statement: String) async throws -> Bool {
        do {
            try await administrator.executeScript(statement)
            return true
        } catch {
            guard error.sqlState == "55006" else { throw error }
            return false
        }
    }

    private static func stopAtExit() {
        atexit { StartedCluster.removeClusters { $0 == getpid() } }
    }

    /// Removes what test processes left behind that were killed.
    private static func sweep() {
        removeClusters { kill($0, 0) != 0 && errno == ESRCH }
    }

    private static func removeClusters(of isChosen: (pid_t) -> Bool) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
        for name in names where name.hasPrefix("isoloss-test-") {
            guard let number = name.split(separator: "-").dropFirst(2).first,
                let processID = pid_t(number), isChosen(processID)
            else { continue }
            remove("/tmp/" + name)
        }
    }

    private static func remove(_ folder: String) {
        let text = try? String(contentsOfFile: folder + "/cluster/postmaster.pid", encoding: .utf8)
        if let line = text?.split(separator: "\n").first, let processID = pid_t(line),
            let command = FileManager.default.contents(atPath: "/proc/\(processID)/cmdline"),
            String(decoding: command, as: UTF8.self).contains(folder)
        {
            kill(processID, SIGQUIT)  // an immediate stop: nothing of it is kept
            for _ in 0..<200 where kill(processID, 0) == 0 { usleep(10_000) }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
