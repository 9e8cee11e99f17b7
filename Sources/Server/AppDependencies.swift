import Foundation
import Logging
import Mixtures
import Runs
package import Storage

/// What the routes need beside their requests. Tests build it with a throwaway database.
package struct AppDependencies: Sendable {
    package var configuration: ServerConfiguration
    package var store: Store
    package var imports: ImportJobs
    package var fits: FitWorker
    package var artifacts: ArtifactFolder
    package var streams: StreamLimiter
    package var bodies: BodyBudget
    package var exports: StreamLimiter
    let peers = PeerCache()
    /// Fits over mixtures as they were decoded; they never change.
    let mixtureFits = LeastRecentlyUsed<UUID, MixtureFit>(byteLimit: 256 << 20)
    /// Answers that take more than a moment to compute: advice, plans, forecasts.
    let advice = ComputeThread(label: "isoloss.advice")
    let optimumReports = LeastRecentlyUsed<OptimumKey, OptimumReport>(byteLimit: 16 << 20)
    /// Optima of mixtures: a stack of many laws takes seconds, for which no advice should wait.
    let optima = ComputeThread(label: "isoloss.optima")
    /// Microseconds since 1970; an argument so that tests can stop the clock.
    package var now: @Sendable () -> Int64
    let startedAt: Int64

    package init(
        configuration: ServerConfiguration,
        store: Store,
        now: @escaping @Sendable () -> Int64 = AppDependencies.systemClock
    ) {
        self.configuration = configuration
        self.store = store
        self.now = now
        startedAt = now()
        imports = ImportJobs(store: store, now: now)
        fits = FitWorker(store: store, now: now)
        artifacts = ArtifactFolder(dataDirectory: configuration.dataDirectory)
        streams = StreamLimiter()
        bodies = BodyBudget()
        exports = StreamLimiter(totalLimit: Limits.exportCount)
    }

    var lookup: Lookup { Lookup(store: store) }

    func viewer(_ resolver: RoleResolver) -> RunViewer {
        RunViewer(
            resolver: resolver,
            now: now(),
            stalledAfterSeconds: configuration.stalledAfterSeconds
        )
    }

    func keeper(logger: Logger) -> RunKeeper {
        RunKeeper(
            store: store,
            artifacts: artifacts,
            patience: RunKeeper.Patience(
                lostAfterHours: configuration.lostAfterHours,
                purgeAfterDays: configuration.purgeAfterDays,
                graceSeconds: configuration.stalledAfterSeconds
            ),
            now: now,
            logger: logger
        )
    }

    func lawKeeper(logger: Logger) -> LawKeeper {
        LawKeeper(
            store: store,
            fits: fits,
            refitAfterSeconds: configuration.refitAfterSeconds,
            now: now,
            logger: logger
        )
    }

    /// Microseconds since 1970.
    package static let systemClock: @Sendable () -> Int64 = {
        Int64(Date().timeIntervalSince1970 * 1_000_000)
    }
}
