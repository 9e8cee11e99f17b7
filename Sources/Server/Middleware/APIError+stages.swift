package import API
import Compression
import Foundation
import Hummingbird
import Importers
import Mixtures
import NIOCore
import Runs
import ScalingLaws
import Storage

extension APIError {
    /// The only table from the errors of the stages to the wire.
    package init(describing error: any Error, path: String = "") {
        switch error {
        case let error as APIError: self = error
        case let error as ValidationError: self.init(.invalid, error.message, field: error.field)
        case let error as StorageError: self.init(storage: error)
        case let error as QueryError: self.init(.invalid, error.message)
        case let error as ImportError: self.init(error)
        case let error as CompressionError: self.init(error)
        case let error as BodyBudget.Refusal: self.init(error)
        case let error as FitError: self.init(.cannotFit, error.message)
        case let error as MixtureError: self.init(error)
        case let error as RecommendError: self.init(error)
        case let error as FigureError: self.init(error)
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

    private init(storage error: StorageError) {
        let message = Self.sentence(error.message)
        switch error {
        case .notFound: self.init(.notFound, message)
        case .conflict, .paramChanged, .notActive, .notDeleted, .purging:
            self.init(.conflict, message)
        case .unavailable: self.init(.unavailable, message)
        case .invalid(let error): self.init(.invalid, error.message, field: error.field)
        case .database:
            self.init(
                .internal,
                "The database refused a statement of the server.",
                hint: "The server's log has the cause under this request id."
            )
        }
    }

    private init(_ error: MixtureError) {
        switch error {
        case .invalid, .infeasible: self.init(.invalid, error.message, field: error.field)
        case .cancelled: self.init(.conflict, error.message)
        case .tooFewRuns, .neverVary, .noSpread, .didNotConverge, .degenerate:
            self.init(.cannotFit, error.message)
        }
    }

    private init(_ error: ImportError) {
        switch error {
        case .tooLarge: self.init(.tooLarge, error.message)
        case .unknownColumn: self.init(.invalid, error.message, field: "map")
        case .unknownPreset: self.init(.invalid, error.message, field: "preset")
        case .unknownFormat: self.init(.invalid, error.message, field: "format")
        case .empty, .format, .notUTF8: self.init(.invalid, error.message)
        }
    }

    private init(_ error: CompressionError) {
        switch error {
        case .tooLarge: self.init(.tooLarge, error.message)
        case .notGzip, .truncated, .corrupt: self.init(.invalid, error.message)
        }
    }

    private init(_ error: BodyBudget.Refusal) {
        switch error {
        case .tooLarge: self.init(.tooLarge, error.message)
        case .packing: self.init(.invalid, error.message, field: "Content-Encoding")
        case .busy: self.init(.unavailable, error.message)
        }
    }

    private init(_ error: RecommendError) {
        switch error {
        case .invalidTarget: self.init(.invalid, error.message, field: error.field)
        case .missing: self.init(.invalid, error.message, field: error.field)
        case .outOfRange, .refused: self.init(.cannotFit, error.message, field: error.field)
        }
    }

    private init(_ error: FigureError) {
        switch error {
        case .target(let error): self.init(error)
        case .mixtures(let error): self.init(error)
        case .nothingToShow: self.init(.cannotFit, error.message)
        }
    }

    /// A sentence begins with a capital and ends with a full stop.
    private static func sentence(_ text: String) -> String {
        let start = text.prefix(1).uppercased() + text.dropFirst()
        return start.hasSuffix(".") ? start : start + "."
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
