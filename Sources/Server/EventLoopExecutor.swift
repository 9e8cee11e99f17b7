import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Runs a task's jobs on one event loop.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        eventLoop.execute { [self] in unowned.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// HTTP/1 connections whose requests are answered on the event loop that reads them: a small
/// request costs no change of threads. What takes longer leaves the loop, see
/// `LongWorkMiddleware`.
struct LoopChannel: ServerChildChannel {
    private let http: HTTP1Channel

    init(responder: @escaping HTTPChannelHandler.Responder) {
        http = HTTP1Channel(responder: responder)
    }

    func setup(
        channel: any Channel,
        logger: Logger
    ) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await http.handle(value: value, logger: logger)
        }
    }
}

/// Moves every request off its event loop, so that a long answer delays no other, except the
/// writes of points: these are short and many.
struct LongWorkMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: IsolossRequestContext,
        next: (Request, IsolossRequestContext) async throws -> Response
    ) async throws -> Response {
        if Self.isShort(request) { return try await next(request, context) }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            var response = try await next(request, context)
            // A body without a length is made while it is sent.
            guard response.body.contentLength == nil else { return response }
            let body = response.body
            response.body = ResponseBody { writer in
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    try await body.write(writer)
                }
            }
            return response
        }
    }

    private static func isShort(_ request: Request) -> Bool {
        request.method == .post
            && (request.uri.path.hasSuffix("/mlflow/runs/log-metric")
                || request.uri.path.hasSuffix("/mlflow/runs/log-batch"))
    }
}
