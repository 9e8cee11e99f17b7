import Logging
import ServiceLifecycle
import Storage

/// Packs quiet runs for search in the background, as long as the server runs.
struct SearchPacking: Service {
    private let store: Store
    private let logger: Logger
    /// Microseconds since 1970.
    private let now: @Sendable () -> Int64
    private static let pause = Duration.seconds(2)

    init(store: Store, logger: Logger, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.logger = logger
        self.now = now
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    // With much to do the next step follows at once.
                    while try await !store.packer.step(now: now()).isIdle {
                        try Task.checkCancellation()
                    }
                } catch is CancellationError {
                    return
                } catch {
                    // Searches find what is not packed too; the next tick tries again.
                    logger.warning("packing for search failed", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
        }
    }
}
