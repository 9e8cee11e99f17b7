import ArgumentParser
import Hummingbird
import Logging
import NIOCore

/// A server that stores nothing, on the same HTTP library: `/nothing` answers at once, `/parse`
/// reads the JSON of the body first.
struct SinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sink",
        abstract: "Serves requests and stores nothing; `floors` starts it.",
        shouldDisplay: false
    )

    @Option(help: "Port of 127.0.0.1.")
    var port: Int

    func run() async throws {
        let router = Router()
        router.post("/nothing") { request, _ in
            _ = try await request.body.collect(upTo: 64 << 20)
            return Self.empty
        }
        router.post("/parse") { request, _ in
            let body = try await request.body.collect(upTo: 64 << 20)
            try ParseFloor.walk(Array(body.readableBytesView))
            return Self.empty
        }
        var logger = Logger(label: "sink")
        logger.logLevel = .error
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: logger
        )
        try await application.runService()
    }

    private static let empty = Response(
        status: .ok,
        headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(string: "{}"))
    )
}
