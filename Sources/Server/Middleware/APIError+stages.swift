package import API
import Foundation
import Hummingbird
import NIOCore
import Runs

extension APIError {
    /// The only table from the errors of the stages to the wire.
    package init(describing error: any Error, path: String = "") {
        switch error {
        case let error as APIError: self = error
        case let error as ValidationError: self.init(.invalid, error.message, field: error.field)
        case let error as HTTPError: self.init(http: error, path: path)
        case let error as DecodingError: self.init(decoding: error)
        case is NIOTooManyBytesError:
            self.init(.tooLarge, "The body of this request is larger than this call takes.")
        case is CancellationError:
            self.init(.unavailable, "The server is stopping.", hint: "Try again in a moment.")
        default:
            self.init(
                .internal,
                "The server met an error of its own.",
                hint: "Its log has the cause under this request id."
            )
        }
    }

    private init(http error: HTTPError, path: String) {
        let message = error.body ?? ""
        switch error.status {
        case .notFound:
            self.init(.notFound, "There is nothing at \(path.prefix(200)).")
        case .contentTooLarge:
            self.init(.tooLarge, "The body of this request is larger than this call takes.")
        case .unauthorized:
            self.init(.unauthorized, message)
        case .serviceUnavailable:
            self.init(.unavailable, message)
        default:
            self.init(.invalid, message.isEmpty ? "This request cannot be read." : message)
        }
    }

    private init(decoding error: DecodingError) {
        func field(_ path: [any CodingKey]) -> String? {
            path.isEmpty ? nil : path.map(\.stringValue).joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            let name = (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
            self.init(.invalid, "\(name) is missing.", field: name)
        case .valueNotFound(_, let context), .typeMismatch(_, let context),
            .dataCorrupted(let context):
            let name = field(context.codingPath)
            let subject = name ?? "The body"
            self.init(
                .invalid,
                "\(subject) cannot be read: \(context.debugDescription)",
                field: name
            )
        @unknown default:
            self.init(.invalid, "The body of this request cannot be read.")
        }
    }
}
