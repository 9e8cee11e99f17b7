import Foundation
import Postgres
import Storage
import TestSupport
import Testing

@Suite struct MigratorTests {
    private func folder(_ files: [String: String]) throws -> String {
        let path = NSTemporaryDirectory() + "isoloss-sql-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        }
        return path
    }

    @Test func `files are applied once, in order, and a dry run applies none`() async throws {
        let database = try await TestDatabase.makeBare()
        let path = try folder([
            "002_b.sql": "INSERT INTO t VALUES (1);", "001_a.sql": "CREATE TABLE t (n int);",
        ])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let migrator = Migrator(directory: path, database: database)
        #expect(try await migrator.migrate(dryRun: true) == ["001_a.sql", "002_b.sql"])
        #expect(try await migrator.migrate(dryRun: true) == ["001_a.sql", "002_b.sql"])
        #expect(try await migrator.migrate() == ["001_a.sql", "002_b.sql"])
        #expect(try await migrator.migrate() == [])
        let rows = try await database.query("SELECT count(*) FROM t")
        #expect(try rows.first?.value(0, as: Int.self) == 1)
    }

    @Test func `servers that start together apply each file once`() async throws {
        let database = try await TestDatabase.makeBare()
        let applied = try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    try await Migrator(
                        directory: TestDatabase.migrationFolder,
                        database: Database(conninfo: database.conninfo)
                    ).migrate().count
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(applied.sorted().prefix(3) == [0, 0, 0])
        #expect((applied.max() ?? 0) >= 3)
    }

    @Test func `a file that changed after it was applied stops the migration`() async throws {
        let database = try await TestDatabase.makeBare()
        let path = try folder(["001_a.sql": "CREATE TABLE t (n int);"])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let migrator = Migrator(directory: path, database: database)
        _ = try await migrator.migrate()
        try "CREATE TABLE u (n int);"
            .write(toFile: path + "/001_a.sql", atomically: true, encoding: .utf8)
        await #expect(throws: MigrationError.changed(file: "001_a.sql", applied: "001_a.sql")) {
            try await migrator.migrate()
        }
    }

    @Test func `a gap in the numbers and an empty folder are refused`() async throws {
        let database = try await TestDatabase.makeBare()
        let gap = try folder(["001_a.sql": "SELECT 1;", "003_c.sql": "SELECT 1;"])
        let empty = try folder([:])
        defer {
            try? FileManager.default.removeItem(atPath: gap)
            try? FileManager.default.removeItem(atPath: empty)
        }
        await #expect(throws: MigrationError.gap(expected: 2, found: "003_c.sql")) {
            try await Migrator(directory: gap, database: database).migrate()
        }
        for path in [empty, "/nowhere"] {
            await #expect(throws: MigrationError.self) {
                try await Migrator(directory: path, database: database).migrate()
            }
        }
    }

    @Test func `a file that fails leaves nothing of itself`() async throws {
        let database = try await TestDatabase.makeBare()
        let path = try folder([
            "001_a.sql": "CREATE TABLE t (n int);",
            "002_b.sql": "CREATE TABLE u (n int); SELECT 1 / 0;",
        ])
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            _ = try await Migrator(directory: path, database: database).migrate()
            Issue.record("divided by zero")
        } catch {
            #expect(error.message.contains("002_b.sql"))
        }
        let rows = try await database.query(
            "SELECT to_regclass('t') IS NOT NULL, to_regclass('u') IS NULL, count(*) FROM migration"
        )
        let row = try #require(rows.first)
        #expect(try row.value(0) == true)
        #expect(try row.value(1) == true)
        #expect(try row.value(2) == 1)
    }

    @Test func `a database with more migrations than files is refused`() async throws {
        let database = try await TestDatabase.makeBare()
        let path = try folder(["001_a.sql": "SELECT 1;", "002_b.sql": "SELECT 2;"])
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try await Migrator(directory: path, database: database).migrate()
        try FileManager.default.removeItem(atPath: path + "/002_b.sql")
        await #expect(throws: MigrationError.newerDatabase(applied: 2, files: 1)) {
            try await Migrator(directory: path, database: database).migrate()
        }
    }
}
