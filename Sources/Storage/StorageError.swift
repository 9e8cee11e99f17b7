package import Postgres
package import Runs

/// Everything a store can answer instead of a value, in the domain's words.
package enum StorageError: Error, Sendable, Hashable {
    case notFound(kind: String, id: String)
    /// A rule stated in the database would be broken; `constraint` is its name.
    case conflict(constraint: String, message: String)
    /// A param is set once: `new` was sent where `old` stands.
    case paramChanged(key: String, old: String, new: String, runID: RunID)
    /// The run was deleted and takes no writes.
    case notActive(RunID)
    /// Only what is deleted can be removed for good.
    case notDeleted(kind: String, id: String)
    /// It is being removed for good, so nothing can be done with it.
    case purging(kind: String, id: String)
    /// Too much waits, or the database is away: the same request may be sent again later.
    case unavailable(String)
    case invalid(ValidationError)
    case database(PostgresError)

    package var message: String {
        switch self {
        case .notFound(let kind, let id): "there is no \(kind) \(id)"
        case .conflict(_, let message): message
        case .paramChanged(let key, let old, let new, let runID):
            "param \(key) of run \(runID.hex) is already \(Self.short(old)) and cannot become "
                + "\(Self.short(new)); a param is set once, so log the new value under another name"
        case .notActive(let runID):
            "run \(runID.hex) is deleted and takes no writes; restore it first"
        case .notDeleted(let kind, let id):
            "\(kind) \(id) is not deleted; delete it before it is removed for good"
        case .purging(let kind, let id):
            "\(kind) \(id) is being removed for good and cannot come back"
        case .unavailable(let reason): "\(reason); send the request again in a moment"
        case .invalid(let error): error.message
        case .database(let error): error.message
        }
    }

    private static func short(_ text: String) -> String {
        text.count > 80 ? "\"\(text.prefix(80))…\"" : "\"\(text)\""
    }
}

extension StorageError: PostgresFailure {
    package init(_ error: PostgresError) {
        switch error {
        case .unreachable, .closed, .exhausted:
            self = .unavailable(error.message)
        case .rejected(let rejection):
            self = Self.refusal(rejection) ?? .database(error)
        case .decoding:
            self = .database(error)
        }
    }

    /// SQLSTATE codes: PostgreSQL manual, appendix A.
    private static func refusal(_ rejection: PostgresError.Rejection) -> StorageError? {
        switch rejection.sqlState {
        case "23505", "23514", "23P01":
            let constraint = rejection.constraint ?? "unknown"
            let message = rules[constraint] ?? rejection.message
            return .conflict(constraint: constraint, message: message)
        case "22021", "22P05":
            return .invalid(
                ValidationError(
                    field: "text",
                    rule: "Unicode text without the character U+0000",
                    given: rejection.message
                )
            )
        case let code where code.hasPrefix("57P") || code.hasPrefix("53") || code == "40P01":
            // Shutting down or starting up, out of resources, deadlock.
            return .unavailable("the database is busy: \(rejection.message)")
        default:
            return nil
        }
    }

    private static let rules = [
        "project_name_is_unique":
            "a project of that name exists already, possibly deleted; choose another name or restore it",
        "project_name_is_valid": "a project's name has 1 to 500 characters",
        "run_pkey": "a run with that id exists already",
        "run_group_is_valid": "a group's name has 1 to 250 characters",
        "run_name_is_valid": "a run's name has at most 500 characters",
        "param_key_is_valid": "a param's name has 1 to 250 characters",
        "param_value_is_valid": "a param's value has at most 6000 characters",
        "tag_key_is_valid": "a tag's name has 1 to 250 characters",
        "tag_value_is_valid": "a tag's value has at most 8000 characters",
        "metric_name_is_valid": "a metric's name has 1 to 250 characters",
        "fit_pkey": "a fit with that id exists already",
    ]
}

extension StorageError: CustomStringConvertible {
    package var description: String { message }
}
