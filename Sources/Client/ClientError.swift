package import API

/// Why a call brought no answer.
package enum ClientError: Error, Sendable, Hashable {
    /// The address given is no web address.
    case badAddress(String)
    case unreachable(url: String, reason: String)
    case timedOut(url: String, seconds: Int)
    /// The server answered, and said no.
    case refused(APIError)
    /// Something answered that does not speak our language.
    case malformedReply(status: Int, url: String, reason: String)
    case replyTooLarge(limit: Int)
    case unreadableFile(path: String, reason: String)

    package var message: String {
        switch self {
        case .badAddress(let text):
            "\"\(text)\" is not the address of a server; expected something like "
                + "http://127.0.0.1:7070."
        case .unreachable(let url, let reason): "No server answers at \(url): \(reason)."
        case .timedOut(let url, let seconds):
            "The server at \(url) gave no answer within \(seconds) seconds."
        case .refused(let error): error.message
        case .malformedReply(let status, let url, let reason):
            "What answers at \(url) (status \(status)) is not an Isoloss server, or one of another "
                + "version: \(reason)."
        case .replyTooLarge(let limit):
            "The server's answer is larger than \(limit) bytes; ask for less at once."
        case .unreadableFile(let path, let reason): "\(path) cannot be read: \(reason)."
        }
    }

    /// What to do about it.
    package var hint: String? {
        switch self {
        case .unreachable, .malformedReply:
            "Start one with `isoloss-server serve`, or name it by --server or ISOLOSS_SERVER."
        case .refused(let error) where error.code == .unauthorized:
            error.hint ?? "Set ISOLOSS_TOKEN to the server's token."
        case .refused(let error): error.hint
        case .timedOut: "It may be busy; try again."
        case .badAddress, .replyTooLarge, .unreadableFile: nil
        }
    }
}
