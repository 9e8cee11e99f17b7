import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

/// One serving process from start to end: cluster, pool and stores, then routes, workers and
/// whatever `extra` adds, until a signal; then all of it in reverse.
struct ServerProcess {
    let configuration: ServerConfiguration
    let logger: Logger

    /// `extra` gets the dependencies and a stream that yields the port once the server listens.
    func run(
        extra: (AppDependencies, AsyncStream<Int>) -> [ServiceGroupConfiguration
            .ServiceConfiguration]
    ) async throws {
        let runtime = try await ServerRuntime.start(configuration, logger: logger)
        let dependencies = AppDependencies(
            configuration: configuration,
            store: Store(database: runtime.database)
        )
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = buildApplication(dependencies, logger: logger) { channel in
            let port = channel.localAddress?.port ?? configuration.port
            say("Isoloss listens on http://\(configuration.host):\(port)/")
            continuation.yield(port)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: application)] + extra(dependencies, ports),
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await group.run())
        } catch {
            outcome = .failure(error)
        }
        await dependencies.store.writer.drain()
        try await runtime.stop()
        try outcome.get()
    }
}
