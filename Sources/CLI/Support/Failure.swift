import API
import ArgumentParser
package import Client

/// Why a command fails, by kind; each kind has its exit status.
package enum Failure: Error, Sendable, Hashable {
    case usage(String)
    case data(String, hint: String? = nil)
    case client(ClientError)
    case spool(SpoolError)

    /// Statuses of `sysexits.h`: 64 usage, 65 data, 69 unavailable, 77 permission; 1 for the rest.
    package var status: Int32 {
        switch self {
        case .usage, .client(.badAddress): 64
        case .data, .client(.unreadableFile): 65
        case .client(.unreachable), .client(.timedOut), .client(.malformedReply): 69
        case .client(.replyTooLarge), .spool: 1
        case .client(.refused(let error)): Self.status(of: error.code)
        }
    }

    package var message: String {
        switch self {
        case .usage(let message), .data(let message, _): message
        case .client(let error): error.message
        case .spool(let error): error.message
        }
    }

    package var hint: String? {
        switch self {
        case .usage: nil
        case .data(_, let hint): hint
        case .client(let error): error.hint
        case .spool(let error): error.hint
        }
    }

    private static func status(of code: APIError.Code) -> Int32 {
        switch code {
        case .invalid: 64
        case .tooLarge, .cannotFit: 65
        case .unavailable: 69
        case .unauthorized: 77
        case .notFound, .conflict, .internal: 1
        }
    }
}

/// Runs a command's work; a failure becomes a sentence on standard error and an exit status.
func reporting(_ work: () async throws(Failure) -> Void) async throws {
    do {
        try await work()
    } catch {
        Output.message("Error: \(error.message)")
        if let hint = error.hint { Output.message(hint) }
        throw ExitCode(error.status)
    }
}

/// A call to the server within a command.
func calling<Value>(
    _ work: () async throws(ClientError) -> Value
) async throws(Failure) -> Value {
    do {
        return try await work()
    } catch {
        throw .client(error)
    }
}
