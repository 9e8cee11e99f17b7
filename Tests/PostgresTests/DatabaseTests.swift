import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct DatabaseTests {
    @Test func `a refused statement names its constraint, its state and where it stands`()
        async throws
    {
        let database = try await TestDatabase.makeBare()
        _ = try await database.query(
            "CREATE TABLE t (n bigint CONSTRAINT n_is_small CHECK (n < 9))"
        )
        let error = await #expect(throws: PostgresError.self) {
            try await database.query("INSERT INTO t VALUES (\(10))")
        }
        guard case .rejected(let rejection) = error else { return }
        #expect(rejection.sqlState == "23514")
        #expect(rejection.constraint == "n_is_small")
        #expect(rejection.statement.contains("$1"))
    }

    @Test func `a transaction that throws leaves nothing and a usable connection`() async throws {
        let database = try await TestDatabase.makeBare()
        _ = try await database.query("CREATE TABLE t (n bigint)")
        await #expect(throws: PostgresError.self) {
            try await database.withTransaction { (connection) async throws(PostgresError) in
                try await connection.execute("INSERT INTO t VALUES (1)")
                try await connection.execute("SELECT 1 / 0")
            }
        }
        let rows = try await database.query("SELECT count(*) FROM t")
        #expect(try rows.first?.value(0, as: Int.self) == 0)
    }

    @Test func `a pipeline answers each statement, and one refused undoes all of them`()
        async throws
    {
        let database = try await TestDatabase.makeBare()
        _ = try await database.query("CREATE TABLE t (n bigint)")
        try await database.withConnection { (connection) async throws(PostgresError) in
            let good: [SQL] = [
                "INSERT INTO t VALUES (\(1))", "SELECT n FROM t", "INSERT INTO t VALUES (\(2))",
                "SELECT count(*) FROM t",
            ]
            let rows = try await connection.pipeline(good)
            #expect(rows.map(\.count) == [0, 1, 0, 1])
            #expect(try rows[3].first?.value(0, as: Int.self) == 2)
            let bad: [SQL] = ["INSERT INTO t VALUES (\(3))", "SELECT 1 / 0", "SELECT 1"]
            let error = await #expect(throws: PostgresError.self) {
                try await connection.pipeline(bad)
            }
            #expect(error?.sqlState == "22012")
            let after = try await connection.query("SELECT count(*) FROM t")
            #expect(try after.first?.value(0, as: Int.self) == 2)
        }
    }

    @Test func `hostile text is bound, never run`() async throws {
        let database = try await TestDatabase.makeBare()
        let text = "'); DROP TABLE t; -- $1 \\ \u{1F600}"
        let rows = try await database.query("SELECT \(text), \([text, ""])")
        #expect(try rows.first?.value(0) == text)
    }

    @Test func `a column of another type is an error, not a wrong value`() async throws {
        let database = try await TestDatabase.makeBare()
        let rows = try await database.query("SELECT 1::bigint AS number, NULL::text AS nothing")
        let row = try #require(rows.first)
        #expect(throws: PostgresError.self) { try row.value(0, as: String.self) }
        #expect(throws: PostgresError.self) { try row.value(1, as: String.self) }
        #expect(throws: PostgresError.self) { try row.value(2, as: Int.self) }
    }

    @Test func `more tasks than connections all get their turn`() async throws {
        let database = Database(
            conninfo: try await TestDatabase.makeBare().conninfo,
            connectionLimit: 2,
            waitSeconds: 120
        )
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let rows = try await database.query("SELECT \(number)")
                    return try rows.first?.value(0) ?? -1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 1_225)
    }

    @Test func `waiting for a connection ends after its bound of seconds`() async throws {
        let database = Database(
            conninfo: try await TestDatabase.makeBare().conninfo,
            connectionLimit: 1,
            waitSeconds: 1
        )
        try await database.withConnection { (_) async throws(PostgresError) -> Void in
            _ = await #expect(throws: PostgresError.exhausted(waiting: 0, seconds: 1)) {
                try await database.query("SELECT 1")
            }
        }
        _ = try await database.query("SELECT 1")
    }

    @Test func `resting connections whose server process ended cost no failed request`()
        async throws
    {
        let conninfo = try await TestDatabase.makeBare().conninfo
        let database = Database(conninfo: conninfo, connectionLimit: 3)
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask { _ = try? await database.query("SELECT pg_sleep(0.1)") }
            }
        }
        let other = Database(conninfo: conninfo, connectionLimit: 1)
        _ = try await other.query(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        )
        for _ in 0..<5 { _ = try await database.query("SELECT 1") }
    }

    @Test func `an address nobody serves is unreachable with a reason`() async throws {
        let database = Database(conninfo: "host=/nowhere/at/all dbname=none")
        let error = await #expect(throws: PostgresError.self) {
            try await database.query("SELECT 1")
        }
        #expect(error?.message.contains("/nowhere/at/all") == true)
    }

    @Test func `binary COPY stores every type`() async throws {
        let database = try await TestDatabase.makeBare()
        let id = UUID()
        try await database.withTransaction { (connection) async throws(PostgresError) in
            try await connection.execute(
                "CREATE TABLE t (a boolean, b integer, c bigint, d float8, e text, f uuid, g bytea)"
            )
            var rows = CopyRows(fieldCount: 7)
            for number in 0..<1_000 {
                rows.beginRow()
                rows.append(true)
                rows.append(Int32(number))
                rows.append(Int64.max)
                rows.append(number == 3 ? nil : Double.nan)
                rows.append("é")
                rows.append(id)
                rows.append(bytes: [1, 0, 2])
            }
            try await connection.copy(into: "t", columns: "a, b, c, d, e, f, g", rows)
        }
        let sums = try await database.query("SELECT sum(b)::bigint, count(d) FROM t")
        #expect(try sums.first?.value(0, as: Int.self) == 499_500)
        #expect(try sums.first?.value(1, as: Int.self) == 999)
        let rows = try await database.query(
            "SELECT a, b, c, d, e, f, g FROM t WHERE b = \(Int32(999))"
        )
        let row = try #require(rows.first)
        #expect(try row.value(1, as: Int32.self) == 999)
        #expect(try row.value(3, as: Double.self).isNaN)
        #expect(try row.value(6, as: [UInt8].self) == [1, 0, 2])
        #expect(try row.value(5) == id)
    }
}
