import Postgres

/// A lent connection that speaks `StorageError`; stores' statements go through it.
struct Session: Sendable {
    let connection: Connection

    func rows<Value>(
        _ sql: SQL,
        file: String = #fileID,
        line: UInt = #line,
        _ decode: (Row) throws(PostgresError) -> Value
    ) async throws(StorageError) -> [Value] {
        do throws(PostgresError) {
            var values: [Value] = []
            for row in try await connection.query(sql, file: file, line: line) {
                values.append(try decode(row))
            }
            return values
        } catch {
            throw StorageError(error)
        }
    }

    func first<Value>(
        _ sql: SQL,
        file: String = #fileID,
        line: UInt = #line,
        _ decode: (Row) throws(PostgresError) -> Value
    ) async throws(StorageError) -> Value? {
        try await rows(sql, file: file, line: line, decode).first
    }

    /// Returns how many rows the statement inserted, updated or deleted.
    @discardableResult
    func execute(
        _ sql: SQL,
        file: String = #fileID,
        line: UInt = #line
    ) async throws(StorageError) -> Int {
        do throws(PostgresError) {
            return try await connection.execute(sql, file: file, line: line)
        } catch {
            throw StorageError(error)
        }
    }

    func copy(
        into table: StaticString,
        columns: StaticString,
        _ rows: CopyRows,
        file: String = #fileID,
        line: UInt = #line
    ) async throws(StorageError) {
        do throws(PostgresError) {
            try await connection.copy(into: table, columns: columns, rows, file: file, line: line)
        } catch {
            throw StorageError(error)
        }
    }
}

/// For code that runs on the connection's own thread, statement after statement.
extension Connection {
    func piped(
        _ statements: [SQL],
        file: String = #fileID,
        line: UInt = #line
    ) throws(StorageError) -> [[Row]] {
        do throws(PostgresError) {
            return try pipeline(statements, file: file, line: line)
        } catch {
            throw StorageError(error)
        }
    }

    @discardableResult
    func stored(
        _ sql: SQL,
        file: String = #fileID,
        line: UInt = #line
    ) throws(StorageError) -> Int {
        do throws(PostgresError) {
            return try execute(sql, file: file, line: line)
        } catch {
            throw StorageError(error)
        }
    }

    /// Commits; a transaction that had failed is an error and not a rollback in silence.
    func committed() throws(StorageError) {
        do throws(PostgresError) { try commit() } catch { throw StorageError(error) }
    }

    func found<Value>(
        _ sql: SQL,
        file: String = #fileID,
        line: UInt = #line,
        _ decode: (Row) throws(PostgresError) -> Value
    ) throws(StorageError) -> [Value] {
        do throws(PostgresError) {
            var values: [Value] = []
            for row in try query(sql, file: file, line: line) { values.append(try decode(row)) }
            return values
        } catch {
            throw StorageError(error)
        }
    }
}

extension Database {
    nonisolated(nonsending) func session<Value>(
        _ body: nonisolated(nonsending) (Session) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await withConnection { (connection) async throws(StorageError) in
            try await body(Session(connection: connection))
        }
    }

    nonisolated(nonsending) func transaction<Value>(
        _ body: nonisolated(nonsending) (Session) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await withTransaction { (connection) async throws(StorageError) in
            try await body(Session(connection: connection))
        }
    }

    /// Several statements that see one state of the database; they only read.
    nonisolated(nonsending) func snapshot<Value>(
        _ body: nonisolated(nonsending) (Session) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await withSnapshot { (connection) async throws(StorageError) in
            try await body(Session(connection: connection))
        }
    }
}
