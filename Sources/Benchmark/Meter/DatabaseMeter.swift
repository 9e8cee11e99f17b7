import Postgres

/// What a benchmark asks the database itself, beside the server under load.
struct DatabaseMeter {
    let conninfo: String

    /// Bytes of all tables with their indexes and TOAST.
    func bytes() async throws -> Int {
        let connection = try await Connection.open(conninfo)
        let rows = try await connection.query(
            """
            SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname = 'public'
            """
        )
        return try rows.first?.value(0) ?? 0
    }

    /// Bytes of the merged points alone; only Isoloss has the table.
    func chunkBytes() async throws -> Int {
        let connection = try await Connection.open(conninfo)
        let rows = try await connection.query("SELECT pg_total_relation_size('chunk')")
        return try rows.first?.value(0) ?? 0
    }

    /// The largest tables as text, for a look at where bytes go.
    func largest() async throws -> [String] {
        let connection = try await Connection.open(conninfo)
        let rows = try await connection.query(
            """
            SELECT c.relname::text, pg_total_relation_size(c.oid), pg_table_size(c.oid),
                pg_indexes_size(c.oid)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname = 'public'
            ORDER BY 2 DESC LIMIT 6
            """
        )
        return try rows.map { row in
            let name: String = try row.value(0)
            let sizes: [Int] = [try row.value(1), try row.value(2), try row.value(3)]
            return "\(name): \(sizes[0]) bytes, table \(sizes[1]), indexes \(sizes[2])"
        }
    }

    /// Segments that wait to be merged; only Isoloss has the table.
    func unmergedSegments() async throws -> Int {
        let connection = try await Connection.open(conninfo)
        let rows = try await connection.query("SELECT count(*) FROM segment")
        return try rows.first?.value(0) ?? 0
    }

    /// Bytes of the table of segments without its indexes, which are few once merged segments gave
    /// their space back.
    func segmentBytes() async throws -> Int {
        let connection = try await Connection.open(conninfo)
        let rows = try await connection.query("SELECT pg_table_size('segment')")
        return try rows.first?.value(0) ?? 0
    }

    /// Runs that the search reads one by one because they changed lately; only Isoloss has them.
    func unpackedRuns() async throws -> Int {
        let connection = try await Connection.open(conninfo)
        let rows = try await connection.query(
            "SELECT count(*) FROM run_activity WHERE search_block_id IS NULL"
        )
        return try rows.first?.value(0) ?? 0
    }

    /// What the database's own housekeeping does within minutes: dead rows become free space.
    func vacuum() async throws {
        let connection = try await Connection.open(conninfo)
        _ = try await connection.execute("VACUUM")
    }

    func version() async throws -> String {
        let connection = try await Connection.open(conninfo)
        let rows = try await connection.query("SELECT current_setting('server_version')")
        return try rows.first?.value(0) ?? "unknown"
    }

    /// Milliseconds of a commit that writes one short record, on average of `count`.
    func commitMilliseconds(count: Int = 200) async throws -> Double {
        let connection = try await Connection.open(conninfo)
        let statement: SQL = "SELECT pg_logical_emit_message(true, 'isoloss', 'commit')"
        _ = try await connection.query(statement)
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<count { _ = try await connection.query(statement) }
        return (clock.now - start) / .milliseconds(count)
    }
}
