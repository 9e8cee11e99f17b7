/// The one shape of an error on the native wire. `Server` makes it, `Client` turns a reply back
/// into the same value, `CLI` maps its code to an exit status.
package struct APIError: Error, Sendable, Hashable, Codable {
    /// Kinds of failure; closed, so that a client can switch over it.
    package enum Code: String, Sendable, Codable, CaseIterable {
        case invalid, unauthorized, notFound, conflict, tooLarge, cannotFit, unavailable, `internal`

        /// The HTTP status that carries this code.
        package var status: Int {
            switch self {
            case .invalid: 400
            case .unauthorized: 401
            case .notFound: 404
            case .conflict: 409
            case .tooLarge: 413
            case .cannotFit: 422
            case .internal: 500
            case .unavailable: 503
            }
        }
    }

    package var code: Code
    /// What was wrong, what was expected.
    package var message: String
    /// What to do about it.
    package var hint: String?
    /// The parameter or field at fault, as the sender wrote it.
    package var field: String?
    /// Names the lines of the server's log that belong to this request.
    package var requestID: String?

    package init(
        _ code: Code,
        _ message: String,
        hint: String? = nil,
        field: String? = nil,
        requestID: String? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.field = field
        self.requestID = requestID
    }
}
