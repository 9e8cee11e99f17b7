/// Why a load could not be driven.
enum LoadError: Error, CustomStringConvertible {
    case system(call: String, reason: String)
    case malformed(String)
    case closed
    case refused(call: String, status: Int, body: String)
    case notReady(String)

    var description: String {
        switch self {
        case .system(let call, let reason): "\(call): \(reason)"
        case .malformed(let what): "the server's answer is not HTTP: \(what)"
        case .closed: "the server closed the connection"
        case .refused(let call, let status, let body):
            "\(call) was answered with \(status): \(body.prefix(400))"
        case .notReady(let what): what
        }
    }
}
