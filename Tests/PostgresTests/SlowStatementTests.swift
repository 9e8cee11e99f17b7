import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct SlowStatementTests {
    @Test func `a slow statement is told once, with its text, place and time`() async throws {
        let told = Mutex<[SlowStatement]>([])
        let database = Database(
            conninfo: try await TestDatabase.makeBare().conninfo,
            watch: StatementWatch(thresholdMilliseconds: 100) { statement in
                told.withLock { $0.append(statement) }
            }
        )
        let seconds = 0.15
        let name = "secret"
        _ = try await database.query("SELECT 1::int8")
        _ = try await database.query("SELECT pg_sleep(\(seconds)), \(name)::text")
        let statements = told.withLock { $0 }
        #expect(statements.count == 1)
        let statement = try #require(statements.first)
        #expect(statement.text == "SELECT pg_sleep($1), $2::text")
        #expect(statement.nanoseconds >= 150_000_000)
        #expect(statement.file.hasSuffix(".swift") && statement.line > 0)
    }

    @Test func `a statement that fails late is told too`() async throws {
        let told = Mutex(0)
        let database = Database(
            conninfo: try await TestDatabase.makeBare().conninfo,
            watch: StatementWatch(thresholdMilliseconds: 100) { _ in told.withLock { $0 += 1 } }
        )
        await #expect(throws: PostgresError.self) {
            _ = try await database.query("SELECT 1 / (length(pg_sleep(0.15)::text))")
        }
        #expect(told.withLock { $0 } == 1)
    }
}
