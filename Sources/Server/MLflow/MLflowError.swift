import API
package import HTTPTypes
import Runs
import Storage

/// An error in MLflow's words: `{"error_code": …, "message": …}` with MLflow's status for the code.
///
/// Clients retry 408, 429 and every 5xx for minutes, so nothing a client sent wrongly may map to
/// one of those.
package struct MLflowError: Error, Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case invalidParameterValue = "INVALID_PARAMETER_VALUE"
        case resourceDoesNotExist = "RESOURCE_DOES_NOT_EXIST"
        case resourceAlreadyExists = "RESOURCE_ALREADY_EXISTS"
        case badRequest = "BAD_REQUEST"
        case unauthenticated = "UNAUTHENTICATED"
        case endpointNotFound = "ENDPOINT_NOT_FOUND"
        case notImplemented = "NOT_IMPLEMENTED"
        case temporarilyUnavailable = "TEMPORARILY_UNAVAILABLE"
        case internalError = "INTERNAL_ERROR"

        /// MLflow's own table: an existing name is 400, not 409.
        package var status: HTTPResponse.Status {
            switch self {
            case .invalidParameterValue, .resourceAlreadyExists, .badRequest: .badRequest
            case .unauthenticated: .unauthorized
            case .resourceDoesNotExist, .endpointNotFound: .notFound
            case .notImplemented: .notImplemented
            case .temporarilyUnavailable: .serviceUnavailable
            case .internalError: .internalServerError
            }
        }
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func invalid(_ message: String) -> MLflowError {
        MLflowError(.invalidParameterValue, message)
    }

    static func missing(_ path: String) -> MLflowError {
        invalid(
            "Missing value for required parameter '\(path)'. "
                + "See the API docs for more information about request parameters."
        )
    }

    /// `json` is the value as JSON text, cut here to a readable length.
    static func invalid(value json: String, path: String, _ reason: String) -> MLflowError {
        let shown = json.count > 200 ? json.prefix(200) + "…" : json
        return invalid("Invalid value \(shown) for parameter '\(path)' supplied: \(reason)")
    }

    static func runNotFound(_ id: String) -> MLflowError {
        MLflowError(.resourceDoesNotExist, "Run with id=\(id) not found")
    }

    static func experimentNotFound(_ id: String) -> MLflowError {
        MLflowError(.resourceDoesNotExist, "No Experiment with id=\(id) exists")
    }

    static func modelNotFound(_ id: String) -> MLflowError {
        MLflowError(.resourceDoesNotExist, "Logged model with ID '\(id)' not found.")
    }

    static func runNotActive(_ id: String) -> MLflowError {
        invalid("The run \(id) must be in the 'active' state. Current state is deleted.")
    }

    static func experimentNotActive(_ id: Int64) -> MLflowError {
        invalid("The experiment \(id) must be in the 'active' state. Current state is deleted.")
    }

    static func syntax(_ error: JSONSyntaxError) -> MLflowError {
        MLflowError(.badRequest, "The request body is not valid JSON: \(error.message).")
    }

    static func bodyTooLarge(limit: Int) -> MLflowError {
        invalid("The request body must be at most \(limit) bytes.")
    }
}

extension MLflowError {
    /// What Storage refused, in MLflow's words. A failure of the database itself says nothing of
    /// its cause; the route logs it.
    init(_ error: StorageError) {
        switch error {
        case .notFound(let kind, let id):
            self =
                switch kind {
                case "run": .runNotFound(id)
                case "project": .experimentNotFound(id)
                default: MLflowError(.resourceDoesNotExist, "No \(kind) with name: \(id)")
                }
        case .conflict(_, let message):
            self.init(.resourceAlreadyExists, message)
        case .paramChanged(let key, let old, let new, let runID):
            self = .invalid(
                "Changing param values is not allowed. Param with key='\(key)' was already logged "
                    + "with value='\(old)' for run ID='\(runID.hex)'. "
                    + "Attempted logging new value '\(new)'."
            )
        case .notActive(let runID):
            self = .runNotActive(runID.hex)
        case .purging, .notDeleted:
            self.init(.resourceDoesNotExist, error.message)
        case .unavailable(let message):
            self.init(.temporarilyUnavailable, message)
        case .invalid(let error):
            self = .invalid(error.message)
        case .database:
            self.init(.internalError, "The server could not reach or use its database.")
        }
    }
}
