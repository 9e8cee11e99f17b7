import Compression
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Runs

/// Requests read and answers written as MLflow's wire has them.
enum MLflowAnswer {
    /// Answers from this size on are compressed for clients that take it.
    static let compressedBytes = 32 << 10

    static func json(_ buffer: ByteBuffer) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: buffer)
        )
    }

    /// A large answer leaves compressed, at the fastest level: a page of history is megabytes of
    /// JSON, and shrinks to a tenth.
    static func json(_ buffer: ByteBuffer, for request: Request) async -> Response {
        guard buffer.readableBytes >= compressedBytes, request.takesGzip else {
            return json(buffer)
        }
        let packed = try? await NIOThreadPool.singleton.runIfActive {
            try Gzip.compress(Array(buffer.readableBytesView), level: 1)
        }
        guard let packed else { return json(buffer) }
        var response = json(ByteBuffer(bytes: packed))
        response.headers[.contentEncoding] = "gzip"
        response.headers[.vary] = "Accept-Encoding"
        return response
    }

    static func failure(_ error: MLflowError) -> Response {
        var response = json(
            MLflowWriter.object {
                $0.field("error_code", error.code.rawValue)
                $0.field("message", error.message)
            }
        )
        response.status = error.code.status
        if error.code == .temporarilyUnavailable { response.headers[.retryAfter] = "1" }
        return response
    }

    /// The whole body, unpacked when it came packed.
    static func collect(
        _ request: Request,
        _ bodies: BodyBudget,
        limit: Int = Limits.requestBodyBytes
    ) async throws(MLflowError) -> BodyBudget.Body {
        do {
            return try await bodies.collect(request, upTo: limit)
        } catch let refusal as BodyBudget.Refusal {
            switch refusal {
            case .tooLarge(let limit): throw .bodyTooLarge(limit: limit)
            case .packing: throw MLflowError(.badRequest, refusal.message)
            case .busy: throw MLflowError(.temporarilyUnavailable, refusal.message)
            }
        } catch {
            throw MLflowError(.badRequest, "The request body ended early or is malformed.")
        }
    }
}

/// The kinds of route.
extension MLflowRoutes {
    typealias Handler = @Sendable (Request, Context) async throws(MLflowError) -> Response

    func query(
        _ router: some RouterMethods<Context>,
        _ path: String,
        _ answer: @escaping @Sendable (MLflowFields) async throws(MLflowError) -> ByteBuffer
    ) {
        on(router, .get, path) { request, _ throws(MLflowError) in
            let buffer = try await answer(MLflowFields(query: request.uri.query))
            return await MLflowAnswer.json(buffer, for: request)
        }
    }

    func post(
        _ router: some RouterMethods<Context>,
        _ path: String,
        _ answer: @escaping @Sendable (MLflowFields) async throws(MLflowError) -> ByteBuffer
    ) {
        on(router, .post, path) { request, _ throws(MLflowError) in
            let body = try await MLflowAnswer.collect(request, bodies)
            let fields = try MLflowFields(body: body.bytes)
            return await MLflowAnswer.json(try await answer(fields), for: request)
        }
    }

    func raw(
        _ router: some RouterMethods<Context>,
        _ path: String,
        _ answer: @escaping @Sendable ([UInt8]) async throws(MLflowError) -> ByteBuffer
    ) {
        on(router, .post, path) { request, _ throws(MLflowError) in
            let body = try await MLflowAnswer.collect(request, bodies)
            return MLflowAnswer.json(try await answer(body.bytes))
        }
    }

    /// A call whose path names a thing, `{id}`, and maybe a `{key}` of it.
    func named(
        _ router: some RouterMethods<Context>,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ answer:
            @escaping @Sendable (_ id: String, _ key: String, MLflowFields)
            async throws(MLflowError)
            -> ByteBuffer
    ) {
        on(router, method, path) { request, context throws(MLflowError) in
            let id = context.parameters.get("id") ?? ""
            let key = (context.parameters.get("key") ?? "").removingPercentEncoding ?? ""
            let fields: MLflowFields
            if method == .get {
                fields = try MLflowFields(query: request.uri.query)
            } else {
                let body = try await MLflowAnswer.collect(request, bodies)
                fields = try MLflowFields(body: body.bytes)
            }
            return await MLflowAnswer.json(try await answer(id, key, fields), for: request)
        }
    }

    /// Every error leaves in MLflow's shape; ours are logged with their cause.
    func on(
        _ router: some RouterMethods<Context>,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ handler: @escaping Handler
    ) {
        router.on(RouterPath(path), method: method) { request, context -> Response in
            do throws(MLflowError) {
                return try await handler(request, context)
            } catch {
                if error.code == .internalError {
                    context.logger.error("mlflow", metadata: ["error": "\(error.message)"])
                }
                return MLflowAnswer.failure(error)
            }
        }
    }
}
