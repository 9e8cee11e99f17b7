import CPostgres
import Glibc

/// One connection to PostgreSQL. libpq's calls block, so the actor runs on a queue of its own.
///
/// 1. Statements are prepared once per connection and reused by their text.
/// 2. Parameters and results travel in binary form.
/// 3. A connection that broke stays broken: the pool throws it away.
package actor Connection {
    private let executor: QueueExecutor
    let handle: OpaquePointer
    let watch: StatementWatch?
    private var preparedNames: [String: String] = [:]
    private static let preparedLimit = 512

    nonisolated package var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Connects; `conninfo` is a libpq connection string or a `postgresql://` address.
    package static func open(
        _ conninfo: String,
        watch: StatementWatch? = nil
    ) async throws(PostgresError) -> Connection {
        let connection = try Connection(conninfo, watch)
        try await connection.connect()
        return connection
    }

    private init(_ conninfo: String, _ watch: StatementWatch?) throws(PostgresError) {
        self.watch = watch
        executor = QueueExecutor(label: "isoloss.postgres.connection")
        let keys = ["connect_timeout", "dbname", "client_encoding", "application_name"]
        let values = ["10", conninfo, "UTF8", "isoloss"]
        let started = withCStrings(keys) { keys in
            withCStrings(values) { values in PQconnectStartParams(keys, values, 1) }
        }
        guard let started else { throw .unreachable(reason: "out of memory") }
        handle = started
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    isolated deinit { PQfinish(handle) }

    /// Runs `work` on the connection's own thread, after what was handed over before: for a caller
    /// with a whole sequence of statements, who must not pay a change of threads for each.
    nonisolated package func submit(_ work: @escaping @Sendable (isolated Connection) -> Void) {
        executor.submit { self.assumeIsolated { work($0) } }
    }

    private func connect() throws(PostgresError) {
        // PQconnectStartParams only began; PQreset would repeat it, so poll to the end, blocking on
        // the socket between steps.
        var step = PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step != PGRES_POLLING_FAILED,
                waitForSocket(writing: step == PGRES_POLLING_WRITING)
            else { throw .unreachable(reason: lastMessage) }
            step = PQconnectPoll(handle)
        }
    }

    /// Waits until the socket is ready, 10 s at most; false when it is not.
    private func waitForSocket(writing: Bool) -> Bool {
        var entry = pollfd(
            fd: PQsocket(handle),
            events: Int16(writing ? POLLOUT : POLLIN),
            revents: 0
        )
        return entry.fd >= 0 && poll(&entry, 1, 10_000) > 0
    }

    /// Whether the server still holds the other end; costs one system call. A server that has
    /// something to say to a resting connection is saying goodbye.
    package var isAlive: Bool {
        var entry = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return PQstatus(handle) == CONNECTION_OK && entry.fd >= 0 && poll(&entry, 1, 0) == 0
    }

    /// True outside any transaction, on a healthy connection.
    var isIdle: Bool {
        PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    /// Runs one statement and returns its rows.
    package func query(
        _ sql: SQL,
        file: String = #fileID,
        line: UInt = #line
    ) throws(PostgresError) -> [Row] {
        let result = try run(sql, Origin(file: file, line: line))
        return (0..<result.rowCount).map { Row(result: result, index: $0) }
    }

    /// Runs one statement; returns the number of rows it inserted, updated or deleted.
    @discardableResult
    package func execute(
        _ sql: SQL,
        file: String = #fileID,
        line: UInt = #line
    ) throws(PostgresError) -> Int {
        try run(sql, Origin(file: file, line: line)).affectedCount
    }

    /// Runs a script of several statements without parameters, as one implicit transaction.
    package func executeScript(
        _ text: String,
        file: String = #fileID,
        line: UInt = #line
    ) throws(PostgresError) {
        guard let pointer = PQexec(handle, text) else { throw .closed(reason: lastMessage) }
        try check(ResultBox(pointer), text, Origin(file: file, line: line))
    }

    /// Commits the open transaction. PostgreSQL answers COMMIT of a failed transaction with
    /// ROLLBACK and no error; that is an error here.
    package func commit() throws(PostgresError) {
        let origin = Origin(file: #fileID, line: #line)
        let result = try run("COMMIT", origin)
        guard let tag = PQcmdStatus(result.pointer), String(cString: tag) == "COMMIT" else {
            throw .rejected(
                .init(
                    sqlState: "25P02",
                    message: "the transaction had failed and was rolled back",
                    statement: "COMMIT",
                    file: origin.file,
                    line: origin.line
                )
            )
        }
    }

    /// Writes rows by binary COPY. Names of table and columns are part of the program.
    package func copy(
        into table: StaticString,
        columns: StaticString,
        _ rows: CopyRows,
        file: String = #fileID,
        line: UInt = #line
    ) throws(PostgresError) {
        let origin = Origin(file: file, line: line)
        let text = "COPY \(table) (\(columns)) FROM STDIN (FORMAT BINARY)"
        let timer = StatementTimer(watch)
        defer { timer.end(text, origin) }
        guard let begun = PQexec(handle, text) else { throw .closed(reason: lastMessage) }
        let first = ResultBox(begun)
        guard first.status == PGRES_COPY_IN else { throw failure(first, text, origin) }
        let sent = rows.finished().withUnsafeBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { sendAll($0) }
        }
        let ended = sent && PQputCopyEnd(handle, nil) == 1
        var problem: PostgresError? = ended ? nil : .closed(reason: lastMessage)
        while let pointer = PQgetResult(handle) {
            let result = ResultBox(pointer)
            if result.status != PGRES_COMMAND_OK { problem = failure(result, text, origin) }
        }
        if let problem { throw problem }
    }

    private func sendAll(_ bytes: UnsafeBufferPointer<CChar>) -> Bool {
        let piece = 1 << 20
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let length = min(piece, bytes.count - start)
            guard let base = bytes.baseAddress,
                PQputCopyData(handle, base + start, Int32(length)) == 1
            else { return false }
        }
        return true
    }

    private func run(_ sql: SQL, _ origin: Origin) throws(PostgresError) -> ResultBox {
        let (text, values) = sql.render()
        let timer = StatementTimer(watch)
        defer { timer.end(text, origin) }
        let name = try prepare(text, values, origin)
        let lengths = values.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: values.count)
        let pointer = withParameters(values) { pointers in
            PQexecPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 1)
        }
        guard let pointer else { throw .closed(reason: lastMessage) }
        let result = ResultBox(pointer)
        try check(result, text, origin)
        return result
    }

    func prepare(
        _ text: String,
        _ values: [PostgresValue],
        _ origin: Origin
    ) throws(PostgresError) -> String {
        if let name = preparedNames[text] { return name }
        // The unnamed statement serves texts beyond the limit: composed queries may be many.
        let isKept = preparedNames.count < Self.preparedLimit
        let name = isKept ? "s\(preparedNames.count)" : ""
        let types = values.map(\.type.oid)
        guard let pointer = PQprepare(handle, name, text, Int32(types.count), types) else {
            throw .closed(reason: lastMessage)
        }
        try check(ResultBox(pointer), text, origin)
        if isKept { preparedNames[text] = name }
        return name
    }

    func check(
        _ result: ResultBox,
        _ statement: String,
        _ origin: Origin
    ) throws(PostgresError) {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: throw failure(result, statement, origin)
        }
    }

    func failure(
        _ result: ResultBox,
        _ statement: String,
        _ origin: Origin
    ) -> PostgresError {
        guard PQstatus(handle) == CONNECTION_OK, let state = result.field("C") else {
            return .closed(reason: lastMessage)
        }
        return .rejected(
            .init(
                sqlState: state,
                constraint: result.field("n"),
                message: result.field("M") ?? lastMessage,
                detail: result.field("D"),
                statement: statement,
                file: origin.file,
                line: origin.line
            )
        )
    }

    var lastMessage: String {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let lines = text.split(separator: "\n").map { $0.trimmingPrefix { $0 == "\t" } }
        return lines.isEmpty ? "no reason was given" : lines.joined(separator: "; ")
    }
}

/// Where in the sources a statement stands, for error messages.
struct Origin: Sendable {
    let file: String
    let line: UInt
}
