import CPostgres

extension Connection {
    /// Runs statements one after another with a single round trip and returns the rows of each.
    /// Outside a transaction they are one of their own: all take effect or none.
    ///
    /// Each statement sees what the ones before it did, and what others committed until it began.
    package func pipeline(
        _ statements: [SQL],
        file: String = #fileID,
        line: UInt = #line
    ) throws(PostgresError) -> [[Row]] {
        let origin = Origin(file: file, line: line)
        var prepared: [PreparedStatement] = []
        for statement in statements {
            let (text, values) = statement.render()
            let name = try prepare(text, values, origin)
            prepared.append(PreparedStatement(name: name, text: text, values: values))
        }
        let timer = StatementTimer(watch)
        defer { timer.end(prepared.map(\.text).joined(separator: "; "), origin) }
        guard PQenterPipelineMode(handle) == 1 else { throw .closed(reason: lastMessage) }
        defer { PQexitPipelineMode(handle) }
        for statement in prepared {
            guard send(statement) else { throw .closed(reason: lastMessage) }
        }
        guard PQpipelineSync(handle) == 1 else { throw .closed(reason: lastMessage) }
        return try receive(prepared, origin)
    }

    private struct PreparedStatement {
        let name: String
        let text: String
        let values: [PostgresValue]
    }

    private func send(_ statement: PreparedStatement) -> Bool {
        let values = statement.values
        let lengths = values.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: values.count)
        return withParameters(values) { pointers in
            PQsendQueryPrepared(
                handle,
                statement.name,
                Int32(values.count),
                pointers,
                lengths,
                formats,
                1
            ) == 1
        }
    }

    /// Reads everything up to the end of the pipeline, also after an error, so that the connection
    /// can be used again; the first error is the one to tell.
    private func receive(
        _ statements: [PreparedStatement],
        _ origin: Origin
    ) throws(PostgresError) -> [[Row]] {
        var rows: [[Row]] = []
        var problem: PostgresError?
        for statement in statements {
            var found: [Row] = []
            while let pointer = PQgetResult(handle) {
                let result = ResultBox(pointer)
                switch result.status {
                case PGRES_COMMAND_OK: continue
                case PGRES_TUPLES_OK:
                    found = (0..<result.rowCount).map { Row(result: result, index: $0) }
                default: problem = problem ?? failure(result, statement.text, origin)
                }
                guard PQstatus(handle) == CONNECTION_OK else { break }
            }
            rows.append(found)
        }
        // The mark of the end; what is deferred to the commit fails here.
        while PQstatus(handle) == CONNECTION_OK, let pointer = PQgetResult(handle) {
            let result = ResultBox(pointer)
            if result.status == PGRES_PIPELINE_SYNC { break }
            problem = problem ?? failure(result, "COMMIT", origin)
        }
        if PQstatus(handle) != CONNECTION_OK { problem = .closed(reason: lastMessage) }
        if let problem { throw problem }
        return rows
    }
}
