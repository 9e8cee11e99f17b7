import HTTPTypes
import Hummingbird
import Logging

/// Outermost of all: gives every request its id, times it, counts it, and says one line about it.
///
/// 1. A valid `X-Request-ID` of the client is kept, so that its log and ours can be joined; the
///    answer carries the id.
/// 2. `Server-Timing` says in milliseconds how long the answer took to begin.
/// 3. Answers of 400 to 499 are told at info at least; of what failed within the server, the
///    cause was logged where it was met.
struct RequestLogMiddleware: RouterMiddleware {
    let level: Logger.Level
    private let metrics = RequestMetrics()

    init(level: Logger.Level) { self.level = level }

    func handle(
        _ request: Request,
        context: IsolossRequestContext,
        next: (Request, IsolossRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let id = Self.validID(request.headers[.requestID]) else {
            return try await answer(request, context, next)
        }
        var context = context
        context.logger[metadataKey: LogKey.requestID] = "\(id)"
        let named = context
        return try await withLogger(context.logger) { _ in
            try await answer(request, named, next)
        }
    }

    nonisolated(nonsending) private func answer(
        _ request: Request,
        _ context: IsolossRequestContext,
        _ next: (Request, IsolossRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        let elapsed = (ContinuousClock.now - start).components
        let nanoseconds = elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000
        let status = Int(response.status.code)
        metrics.record(
            method: request.method,
            route: context.endpointPath,
            status: status,
            nanoseconds: nanoseconds
        )
        let milliseconds = Self.milliseconds(nanoseconds)
        response.headers[.requestID] = context.id
        response.headers[.serverTiming] = "app;dur=\(milliseconds)"
        let isRefusal = (400..<500).contains(status)
        context.logger.log(
            level: isRefusal ? max(level, .info) : level,
            "request",
            metadata: [
                "method": "\(request.method.rawValue)",
                "path": "\(request.uri.path)",
                "status": "\(status)",
                "milliseconds": "\(milliseconds)",
            ]
        )
        return response
    }

    /// With three decimals.
    static func milliseconds(_ nanoseconds: Int64) -> String {
        let micros = max(0, nanoseconds) / 1_000
        let decimals = "\(1_000 + micros % 1_000)".dropFirst()
        return "\(micros / 1_000).\(decimals)"
    }

    /// The client's id when it is one: at most 64 letters, digits, dashes, dots and underscores.
    static func validID(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count) else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isPlain ? text : nil
    }
}

extension HTTPField.Name {
    static var requestID: HTTPField.Name { named("X-Request-ID") }
    static var serverTiming: HTTPField.Name { named("Server-Timing") }
}
