/// Everything that can go wrong between a statement and its rows.
package enum PostgresError: Error, Sendable, Hashable {
    /// No connection could be made; `reason` is libpq's sentence.
    case unreachable(reason: String)
    /// The server refused a statement. `sqlState` is the five-character code of the SQL standard.
    case rejected(Rejection)
    /// A value was not of the type the caller asked for.
    case decoding(column: String, wanted: String, found: String)
    /// The connection broke while a statement was under way: whether it took effect is unknown.
    case closed(reason: String)
    /// No connection became free within the pool's bounds.
    case exhausted(waiting: Int, seconds: Int)

    package struct Rejection: Sendable, Hashable {
        package var sqlState: String
        package var constraint: String?
        package var message: String
        package var detail: String?
        package var statement: String
        package var file: String
        package var line: UInt

        package init(
            sqlState: String,
            constraint: String? = nil,
            message: String,
            detail: String? = nil,
            statement: String,
            file: String,
            line: UInt
        ) {
            self.sqlState = sqlState
            self.constraint = constraint
            self.message = message
            self.detail = detail
            self.statement = statement
            self.file = file
            self.line = line
        }
    }

    /// One sentence for a person: what failed and, where known, what to do.
    package var message: String {
        switch self {
        case .unreachable(let reason):
            "PostgreSQL cannot be reached: \(reason)"
        case .rejected(let rejection):
            "PostgreSQL refused a statement (\(rejection.sqlState)): \(rejection.message)"
        case .decoding(let column, let wanted, let found):
            "column \(column) was expected to hold \(wanted); it holds \(found)"
        case .closed(let reason):
            "the connection to PostgreSQL broke: \(reason)"
        case .exhausted(let waiting, let seconds):
            "no database connection became free in \(seconds) s; \(waiting) requests are waiting"
        }
    }

    package var sqlState: String? {
        if case .rejected(let rejection) = self { rejection.sqlState } else { nil }
    }
}

/// An error type that a body handed to `Database` may throw: it can carry what the database itself
/// throws around that body.
package protocol PostgresFailure: Error {
    init(_ error: PostgresError)
}

extension PostgresError: PostgresFailure {
    package init(_ error: PostgresError) { self = error }
}

extension PostgresError: CustomStringConvertible {
    package var description: String { message }
}
