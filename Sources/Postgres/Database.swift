import Dispatch
import Synchronization

/// A pool of connections to one database; lends each to one task at a time.
///
/// Waiting is bounded in number and seconds. Connections that broke are thrown away, and resting
/// ones are checked before they are lent, so a restarted server costs no failed request.
package final class Database: Sendable {
    package let conninfo: String
    package let connectionLimit: Int
    /// Told of slow statements.
    package let watch: StatementWatch?
    private let waitSeconds: Int
    private let readsByKey: Bool
    private let state: Mutex<State>

    private typealias Waiter = CheckedContinuation<Grant, Never>

    private enum Grant: Sendable {
        case connection(Connection)
        case open
        case tooLong
    }

    private struct State {
        var queue: LeaseQueue<Connection, UInt64>
        var waiters: [UInt64: Waiter] = [:]
        var nextTicket: UInt64 = 0
    }

    /// With `readsByKey`, no statement reads a whole table for rows that an index finds.
    package init(
        conninfo: String,
        connectionLimit: Int = 8,
        waitingLimit: Int = 1_000,
        waitSeconds: Int = 10,
        readsByKey: Bool = true,
        watch: StatementWatch? = nil
    ) {
        self.conninfo = conninfo
        self.connectionLimit = connectionLimit
        self.waitSeconds = waitSeconds
        self.readsByKey = readsByKey
        self.watch = watch
        let queue = LeaseQueue<Connection, UInt64>(
            capacity: connectionLimit,
            waitingLimit: waitingLimit
        )
        state = Mutex(State(queue: queue))
    }

    /// Lends a connection to `body`.
    nonisolated(nonsending) package func withConnection<Value, Failure: PostgresFailure>(
        _ body: nonisolated(nonsending) (Connection) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let connection: Connection
        do { connection = try await lease() } catch { throw Failure(error) }
        do {
            let value = try await body(connection)
            await giveBack(connection)
            return value
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    /// Lends a connection with a transaction open; commits when `body` returns, rolls back when it
    /// throws.
    nonisolated(nonsending) package func withTransaction<Value, Failure: PostgresFailure>(
        _ body: nonisolated(nonsending) (Connection) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withConnection { (connection) async throws(Failure) in
            try await Self.transact(on: connection, "BEGIN", body)
        }
    }

    /// Lends a connection that only reads, and sees in all its statements what was committed before
    /// the first of them.
    nonisolated(nonsending) package func withSnapshot<Value, Failure: PostgresFailure>(
        _ body: nonisolated(nonsending) (Connection) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withConnection { (connection) async throws(Failure) in
            try await Self.transact(
                on: connection,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                body
            )
        }
    }

    nonisolated(nonsending) private static func transact<Value, Failure: PostgresFailure>(
        on connection: Connection,
        _ begin: SQL,
        _ body: nonisolated(nonsending) (Connection) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        do {
            try await connection.execute(begin)
        } catch {
            throw Failure(error)
        }
        let value: Value
        do {
            value = try await body(connection)
        } catch {
            // The first error is the one to tell; a connection left inside a transaction is not
            // idle, and the pool closes it.
            do { try await connection.execute("ROLLBACK") } catch {}
            throw error
        }
        do {
            try await connection.commit()
        } catch {
            throw Failure(error)
        }
        return value
    }

    /// Runs one statement on any connection and returns its rows.
    package func query(_ sql: SQL) async throws(PostgresError) -> [Row] {
        try await withConnection { (connection) async throws(PostgresError) in
            try await connection.query(sql)
        }
    }

    /// How many connections are open, how many of them rest, and how many tasks wait for one.
    package var load: (open: Int, idle: Int, waiting: Int) {
        state.withLock { ($0.queue.openCount, $0.queue.idle.count, $0.queue.waiting.count) }
    }

    /// Closes resting connections; lent ones close when they come back broken or the pool goes.
    package func close() {
        // The last reference to each goes here, and with it the connection.
        _ = state.withLock { $0.queue.drainIdle() }
    }

    /// Plans are made once a connection, often while tables are small or their statistics old, and
    /// must not read whole tables because of it later.
    private static let keySettings = "SET enable_seqscan = off; SET jit = off"

    private func lease() async throws(PostgresError) -> Connection {
        while true {
            switch await grant() {
            case .connection(let connection):
                if await connection.isAlive { return connection }
                discardOne()
                close()
            case .open:
                do {
                    let connection = try await Connection.open(conninfo, watch: watch)
                    if readsByKey { try await connection.executeScript(Self.keySettings) }
                    return connection
                } catch {
                    discardOne()
                    throw error
                }
            case .tooLong:
                let waiting = state.withLock { $0.queue.waiting.count }
                throw .exhausted(waiting: waiting, seconds: waitSeconds)
            }
        }
    }

    private func grant() async -> Grant {
        await withCheckedContinuation { continuation in
            let (granted, ticket) = state.withLock { state -> (Grant?, UInt64) in
                state.nextTicket += 1
                let ticket = state.nextTicket
                switch state.queue.request(ticket) {
                case .lend(let connection): return (.connection(connection), ticket)
                case .open: return (.open, ticket)
                case .refuse: return (.tooLong, ticket)
                case .wait:
                    state.waiters[ticket] = continuation
                    return (nil, ticket)
                }
            }
            if let granted {
                continuation.resume(returning: granted)
            } else {
                let deadline = DispatchTime.now() + .seconds(waitSeconds)
                DispatchQueue.global().asyncAfter(deadline: deadline) { [weak self] in
                    self?.expire(ticket)
                }
            }
        }
    }

    private func expire(_ ticket: UInt64) {
        let waiter = state.withLock { state in
            state.queue.cancel(ticket) ? state.waiters.removeValue(forKey: ticket) : nil
        }
        waiter?.resume(returning: .tooLong)
    }

    private func giveBack(_ connection: Connection) async {
        guard await connection.isIdle else { return discardOne() }
        let waiter = state.withLock { state in
            state.queue.giveBack(connection).flatMap { state.waiters.removeValue(forKey: $0) }
        }
        waiter?.resume(returning: .connection(connection))
    }

    private func discardOne() {
        let waiter = state.withLock { state in
            state.queue.discard().flatMap { state.waiters.removeValue(forKey: $0) }
        }
        waiter?.resume(returning: .open)
    }
}
