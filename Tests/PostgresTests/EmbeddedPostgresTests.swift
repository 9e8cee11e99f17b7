import Foundation
import Glibc
import Postgres
import Testing

@Suite(.serialized) struct EmbeddedPostgresTests {
    private let folder = "/tmp/isoloss-test-\(getpid())-e\(UInt32.random(in: 0 ... .max))"

    private func cluster(_ folder: String) -> EmbeddedPostgres {
        EmbeddedPostgres(dataDirectory: folder, settings: ["fsync": "off"])
    }

    @Test func `a cluster keeps its data from one start to the next`() async throws {
        let first = cluster(folder)
        let before = Database(conninfo: try await first.start())
        _ = try await before.query("CREATE TABLE t AS SELECT 7::bigint AS n")
        before.close()
        try await first.stop()
        #expect(await first.processID == nil)
        let second = cluster(folder)
        let after = Database(conninfo: try await second.start())
        #expect(try await after.query("SELECT n FROM t").first?.value(0, as: Int.self) == 7)
        try await second.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a cluster left running by a killed server is joined, and one in use is refused`()
        async throws
    {
        var first: EmbeddedPostgres? = cluster(folder)
        _ = try await first?.start()
        let processID = await first?.processID
        let rival = cluster(folder)
        await #expect(throws: EmbeddedPostgresError.self) { try await rival.start() }
        first = nil  // as a kill does: the lock goes, the cluster stays
        let second = cluster(folder)
        let database = Database(conninfo: try await second.start())
        _ = try await database.query("SELECT 1")
        #expect(await second.processID == processID)
        try await second.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a killed cluster with a stale file starts again`() async throws {
        var first: EmbeddedPostgres? = cluster(folder)
        _ = try await first?.start()
        let processID = try #require(await first?.processID)
        kill(processID, SIGKILL)
        while kill(processID, 0) == 0 { usleep(5_000) }
        first = nil
        #expect(FileManager.default.fileExists(atPath: folder + "/cluster/postmaster.pid"))
        let second = cluster(folder)
        _ = try await second.start()
        try await second.stop()
        // The number in the file may belong to another program by now: ours, for one.
        try "\(getpid())\n".write(
            toFile: folder + "/cluster/postmaster.pid",
            atomically: true,
            encoding: .utf8
        )
        let third = cluster(folder)
        _ = try await third.start()
        try await third.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `after the kill of one of its processes a pool works again by itself`() async throws
    {
        let embedded = cluster(folder)
        let database = Database(conninfo: try await embedded.start(), connectionLimit: 2)
        _ = try await database.query("CREATE TABLE t AS SELECT 7::bigint AS n")
        let rows = try await database.query("SELECT pg_backend_pid()")
        let victim = try #require(try rows.first?.value(0, as: Int32.self))
        kill(victim, SIGKILL)
        // PostgreSQL ends every session and recovers; that takes it a moment.
        let deadline = ContinuousClock.now + .seconds(60)
        var found: Int?
        while found == nil, ContinuousClock.now < deadline {
            do {
                found = try await database.query("SELECT n FROM t").first?.value(0, as: Int.self)
            } catch {
                await Task.yield()
            }
        }
        #expect(found == 7)
        try await embedded.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `data of another major version is refused with what to do`() async throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/cluster",
            withIntermediateDirectories: true
        )
        try "9\n".write(toFile: folder + "/cluster/PG_VERSION", atomically: true, encoding: .utf8)
        do {
            _ = try await cluster(folder).start()
            Issue.record("started on data of version 9")
        } catch {
            #expect(error.message.contains("PostgreSQL 9"))
            #expect(error.message.contains("pg_upgrade"))
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a path too long for a socket gets a short one`() async throws {
        let long = folder + "/" + String(repeating: "long path ", count: 9)
        let embedded = cluster(long)
        let database = Database(conninfo: try await embedded.start())
        _ = try await database.query("SELECT 1")
        try await embedded.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a folder without the programs is refused with where it looked`() async throws {
        let embedded = EmbeddedPostgres(dataDirectory: folder, binDirectory: "/nowhere")
        do {
            _ = try await embedded.start()
            Issue.record("started without programs")
        } catch {
            #expect(error.message.contains("/nowhere"))
        }
        try FileManager.default.removeItem(atPath: folder)
    }
}
