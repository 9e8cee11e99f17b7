import Foundation
package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import Storage

/// Builds the very application that `serve` runs and tests drive: middleware in one order, all
/// routes, and the address to listen on.
package func buildApplication(
    _ dependencies: AppDependencies,
    logger: Logger,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
) -> some ApplicationProtocol {
    let configuration = dependencies.configuration
    return Application(
        router: buildRouter(dependencies),
        server: HTTPServerBuilder { LoopChannel(responder: $0) },
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port)
        ),
        services: [
            dependencies.imports, dependencies.fits, dependencies.keeper(logger: logger),
            dependencies.lawKeeper(logger: logger),
            SearchPacking(store: dependencies.store, logger: logger, now: dependencies.now),
            WriteWorker(store: dependencies.store, now: dependencies.now, logger: logger),
            MergeWorker(merger: dependencies.store.merger, now: dependencies.now, logger: logger),
        ],
        onServerRunning: onServerRunning,
        logger: logger
    )
}

/// Outermost first: every answer is logged and carries the security headers, every error takes the
/// one shape, nothing is answered without the token.
package func buildRouter(_ dependencies: AppDependencies) -> Router<IsolossRequestContext> {
    _ = MetricsRegistry.shared
    let configuration = dependencies.configuration
    let router = Router(
        context: IsolossRequestContext.self,
        options: [.autoGenerateHeadEndpoints]
    )
    router.add(middleware: LongWorkMiddleware())
    router.add(middleware: RequestLogMiddleware(level: configuration.requestLogLevel))
    router.add(middleware: SecurityHeadersMiddleware())
    router.add(middleware: ErrorMiddleware())
    if let token = configuration.token {
        router.add(middleware: TokenMiddleware(token: token))
    }
    router.add(middleware: StaticFilesMiddleware(folder: configuration.webDirectory))
    let pages = WebFolder(path: configuration.webDirectory)
    router.add(middleware: PagesMiddleware(folder: pages))
    addRoutes(to: router, dependencies)
    return router
}
