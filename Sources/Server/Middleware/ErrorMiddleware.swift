import API
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Runs

/// Gives every error the one shape of the native wire. The table of stages' errors is in
/// `APIError+stages.swift`; what is not in it is a defect, logged in full and answered as
/// `internal`.
struct ErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: IsolossRequestContext,
        next: (Request, IsolossRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return try answer(error, request: request, context: context)
        }
    }

    private func answer(
        _ error: any Error,
        request: Request,
        context: IsolossRequestContext
    ) throws -> Response {
        var answer = APIError(describing: error, path: request.uri.path)
        answer.requestID = context.id
        if answer.code == .internal || answer.code == .unavailable {
            context.logger.error("request failed", metadata: ["error": "\(error)"])
        }
        if let response = MLflowAddress.answer(to: answer, request) { return response }
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if answer.code == .unavailable { headers[.retryAfter] = "1" }
        // Only a browser that opens a page is to ask its user for a password.
        let isPage = request.headers[.accept]?.contains("text/html") ?? false
        if answer.code == .unauthorized, isPage {
            headers[.wwwAuthenticate] = "Basic realm=\"Isoloss\", charset=\"UTF-8\""
        }
        let body = try WireJSON.encoder().encode(answer)
        return Response(
            status: .init(code: answer.code.status),
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
