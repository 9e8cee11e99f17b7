import API
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Runs
import Storage

/// New points and changed runs of a project, as server-sent events.
///
/// 1. The id of each event is a cursor; a stream that resumes from it misses nothing. Events may
///    repeat after that, so pages drop what they have.
/// 2. At most one event of each kind every half second, whatever arrives.
struct StreamController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.stream) { request, context in
            try await stream(request, context)
        }
    }

    private func stream(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> Response {
        let query = try QueryParameters(request)
        let project = try await dependencies.lookup.project(query.required("project"))
        let cursor = try LiveCursor(
            parsing: request.headers[.lastEventID] ?? query.text("since"),
            now: dependencies.now()
        )
        let client = context.remoteAddress?.ipAddress ?? "unknown"
        guard let place = dependencies.streams.take(client) else {
            throw APIError(
                .unavailable,
                "Too many event streams are open from \(client).",
                hint: "Close some pages of this server."
            )
        }
        let feed = LiveFeed(dependencies: dependencies, project: project.id, cursor: cursor)
        let logger = context.logger
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream",
                .cacheControl: "no-store",
                .accelBuffering: "no",
            ],
            body: ResponseBody { writer in
                defer { place.giveBack() }
                do {
                    // A page that was left is noticed at once, not at the next heartbeat: its
                    // stream counts against the next page's.
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        var feed = feed
                        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
                        while let event = try await feed.next() {
                            try await writer.write(ByteBuffer(string: event))
                        }
                    }
                } catch is CancellationError {
                    // The page was left, or the server stops and the page comes back.
                } catch let error as StorageError {
                    logger.warning("stream ended", metadata: ["error": "\(error)"])
                }
                try await writer.finish(nil)
            }
        )
    }
}

extension HTTPField.Name {
    static var lastEventID: HTTPField.Name { named("Last-Event-ID") }
    static var accelBuffering: HTTPField.Name { named("X-Accel-Buffering") }

    static func named(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else {
            preconditionFailure("\(text) is a valid header name")
        }
        return name
    }
}
