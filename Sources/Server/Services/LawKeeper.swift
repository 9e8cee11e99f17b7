package import Logging
import Runs
import ServiceLifecycle
package import Storage

/// Keeps laws up with the runs: fits them again when runs have finished since, and scores the
/// predictions that those runs were awaited for. On any number of servers at once.
package final class LawKeeper: Service {
    private let store: Store
    private let fits: FitWorker
    private let scorer: PredictionScorer
    private let refitAfterSeconds: Int64
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// - Parameter refitAfterSeconds: pause after a law's last fit; 0 never fits by itself.
    package init(
        store: Store,
        fits: FitWorker,
        refitAfterSeconds: Int64,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.store = store
        self.fits = fits
        self.refitAfterSeconds = refitAfterSeconds
        self.now = now
        self.logger = logger
        scorer = PredictionScorer(store: store, now: now)
    }

    /// Works until shutdown, every five seconds.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .seconds(5))
                    try await sweep()
                } catch is CancellationError {
                    return
                } catch {
                    // The database is away: what is due is still due at the next tick.
                    logger.warning("laws were not looked after", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// One round of all that is due.
    package func sweep() async throws {
        // Predictions first: a fit that has seen the run says nothing of how well it was foretold.
        try await scorer.sweep()
        guard refitAfterSeconds > 0 else { return }
        let rule = FitStore.RefitRule(
            pause: refitAfterSeconds * 1_000_000,
            laws: ServedLaw.all.map(\.id)
        )
        guard try await store.fits.enqueueRefits(rule, now: now()) > 0 else { return }
        fits.wake()
        try await store.fits.thinRefits(
            keepingBodies: Limits.refitBodyCount,
            rows: Limits.refitCount
        )
    }
}
