import Foundation
import Glibc

/// A private PostgreSQL cluster in a folder: made once, started, joined after a kill of its server
/// process, stopped at a clean end.
///
/// 1. It listens on a Unix socket in a folder only its account may enter, on no network.
/// 2. It lives under one lock: two server processes never share a data directory.
/// 3. `initdb` writes beside its final place, and a rename makes the cluster appear whole.
/// 4. As root, everything runs as the account `postgres`, because PostgreSQL refuses root.
package actor EmbeddedPostgres {
    private let folder: ClusterFolder
    private let runner: ProgramRunner
    private let binDirectory: String?
    private let settings: [String: String]
    private var programs: PostgresPrograms?
    private var lock: DirectoryLock?

    /// `binDirectory` holds initdb and pg_ctl; nil searches for them. `settings` are added to
    /// PostgreSQL's configuration, by name.
    package init(
        dataDirectory: String,
        binDirectory: String? = nil,
        settings: [String: String] = [:]
    ) {
        let root = URL(fileURLWithPath: dataDirectory).resolvingSymlinksInPath().path
        let account = getuid() == 0 ? getpwnam("postgres") : nil
        folder = ClusterFolder(
            root: root,
            owner: account?.pointee.pw_uid ?? getuid(),
            group: account?.pointee.pw_gid ?? getgid()
        )
        runner = ProgramRunner(account: getuid() == 0 ? "postgres" : nil)
        self.binDirectory = binDirectory
        self.settings = settings
    }

    /// Makes the cluster if there is none, starts or joins it, and returns how to connect to the
    /// database `isoloss` in it.
    package func start() async throws(EmbeddedPostgresError) -> String {
        try folder.makeRoot()
        let lock = try DirectoryLock(path: folder.lock, directory: folder.root)
        try await checkAccount()
        let programs = try await PostgresPrograms.find(in: binDirectory, runner: runner)
        self.programs = programs
        if let version = folder.version {
            guard version == programs.majorVersion else {
                throw .otherVersion(
                    directory: folder.cluster,
                    cluster: version,
                    programs: programs.majorVersion
                )
            }
        } else {
            try await create(programs)
        }
        try folder.makePrivate(folder.socket)
        try await launch(programs)
        self.lock = lock
        try await createDatabase()
        return conninfo(database: "isoloss")
    }

    /// Stops the cluster and waits for its end; nothing happens when it does not run.
    package func stop() async throws(EmbeddedPostgresError) {
        guard let programs else { return }
        if case .running = Postmaster.look(at: folder.cluster) {
            let arguments = ["stop", "-D", folder.cluster, "-m", "fast", "-w", "-t", "120"]
            try await runner.demand(programs.path("pg_ctl"), arguments)
        }
        lock = nil
    }

    /// Number of the process that serves the cluster; nil when none does.
    package var processID: Int32? {
        if case .running(let processID) = Postmaster.look(at: folder.cluster) {
            processID
        } else {
            nil
        }
    }

    package func conninfo(database: String) -> String {
        let host = folder.socket.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return "host='\(host)' port=5432 user=postgres dbname=\(database)"
    }

    private func checkAccount() async throws(EmbeddedPostgresError) {
        guard getuid() == 0 else { return }
        guard getpwnam("postgres") != nil else {
            throw .directory(
                path: folder.root,
                reason: "as root the database runs as the account postgres, which does not exist; "
                    + "install the package postgresql or start as an ordinary user"
            )
        }
        guard try await runner.run("test", ["-x", folder.root]).status == 0 else {
            throw .directory(
                path: folder.root,
                reason: "the account postgres, which runs the database when the server is started "
                    + "as root, cannot enter it; choose a data directory such as /var/lib/isoloss"
            )
        }
    }

    private func create(_ programs: PostgresPrograms) async throws(EmbeddedPostgresError) {
        try folder.removeUnfinished()
        let fresh = folder.cluster + ".new"
        try folder.makePrivate(fresh)
        let arguments = [
            "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "-D", fresh,
        ]
        try await runner.demand(programs.path("initdb"), arguments)
        do {
            let path = fresh + "/postgresql.conf"
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("\ninclude 'isoloss.conf'\n".utf8))
        } catch {
            throw .directory(path: fresh, reason: error.localizedDescription)
        }
        guard rename(fresh, folder.cluster) == 0 else {
            throw .directory(path: folder.cluster, reason: String(cString: strerror(errno)))
        }
    }

    /// An eighth of the machine's memory, between PostgreSQL's own default and a gigabyte: what is
    /// looked at comes from there instead of through the operating system.
    private static var sharedBuffersMegabytes: Int {
        let megabytes = Int(ProcessInfo.processInfo.physicalMemory >> 20)
        return min(max(megabytes / 8, 128), 1_024)
    }

    private func launch(_ programs: PostgresPrograms) async throws(EmbeddedPostgresError) {
        switch Postmaster.look(at: folder.cluster) {
        case .running: return try await waitUntilReady(programs)
        case .impostor: unlink(folder.cluster + "/postmaster.pid")
        case .absent: break
        }
        let base = [
            "listen_addresses": "", "port": "5432", "unix_socket_directories": folder.socket,
            "unix_socket_permissions": "0700", "max_connections": "64",
            "shared_buffers": "\(Self.sharedBuffersMegabytes)MB",
            "max_wal_size": "2GB", "log_min_messages": "warning",
        ]
        try folder.writeSettings(base.merging(settings) { $1 })
        let log = open(folder.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0, fchown(log, folder.owner, folder.group) == 0 else {
            throw .directory(path: folder.log, reason: String(cString: strerror(errno)))
        }
        close(log)
        let arguments = [
            "start", "-D", folder.cluster, "-l", folder.log, "-w", "-t", "300", "-s",
        ]
        let outcome = try await runner.run(programs.path("pg_ctl"), arguments)
        guard outcome.status == 0 else {
            let tail =
                (try? String(contentsOfFile: folder.log, encoding: .utf8))?.suffix(1_000) ?? ""
            throw .failed(
                program: "pg_ctl start",
                status: outcome.status,
                output: outcome.output + "\n" + tail
            )
        }
    }

    /// A joined cluster may still be recovering from the kill.
    private func waitUntilReady(_ programs: PostgresPrograms) async throws(EmbeddedPostgresError) {
        let arguments = ["-h", folder.socket, "-p", "5432", "-t", "60", "-q"]
        for _ in 0..<240 {
            let outcome = try await runner.run(programs.path("pg_isready"), arguments)
            if outcome.status == 0 { return }
            // One that was about to end when we looked is started like any other.
            if Postmaster.look(at: folder.cluster) == .absent { return try await launch(programs) }
            do { try await Task.sleep(for: .milliseconds(250)) } catch { break }
        }
        throw .failed(
            program: "pg_isready",
            status: 1,
            output: "the running cluster in \(folder.cluster) accepts no connection"
        )
    }

    private func createDatabase() async throws(EmbeddedPostgresError) {
        do {
            let connection = try await Connection.open(conninfo(database: "postgres"))
            let found = try await connection.query(
                "SELECT 1::bigint FROM pg_database WHERE datname = 'isoloss'"
            )
            if found.isEmpty { try await connection.executeScript("CREATE DATABASE isoloss") }
        } catch {
            throw .failed(program: "postgres", status: 1, output: "\(error)")
        }
    }
}
