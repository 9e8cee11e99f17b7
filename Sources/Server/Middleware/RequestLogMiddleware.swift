import HTTPTypes
import Hummingbird
import Logging

/// One line per answered request, with its id, which the answer also carries.
struct RequestLogMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: IsolossRequestContext,
        next: (Request, IsolossRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        let elapsed = (ContinuousClock.now - start).components
        let milliseconds = elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
        response.headers[.requestID] = context.id
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)",
                "path": "\(request.uri.path)",
                "status": "\(response.status.code)",
                "milliseconds": "\(milliseconds)",
            ]
        )
        return response
    }
}

extension HTTPField.Name {
    static var requestID: HTTPField.Name { named("X-Request-ID") }
}
