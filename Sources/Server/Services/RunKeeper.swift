import Foundation
package import Logging
import Runs
import ServiceLifecycle
package import Storage

/// Looks after runs that nobody looks after: ends those that have been silent for long, lets them
/// go on when they speak again, and removes for good what was deleted long ago. All of it in small
/// steps, on any number of servers at once.
package final class RunKeeper: Service {
    /// How long each state lasts; zero means for ever.
    package struct Patience: Sendable {
        package var lostAfterHours: Int64
        package var purgeAfterDays: Int64
        /// Silence that this server cannot judge, because it was not there to listen.
        package var graceSeconds: Int64

        package init(lostAfterHours: Int64, purgeAfterDays: Int64, graceSeconds: Int64) {
            self.lostAfterHours = lostAfterHours
            self.purgeAfterDays = purgeAfterDays
            self.graceSeconds = graceSeconds
        }
    }

    /// A deleted run is left alone for so long before its rows go, because a write that found it
    /// alive may still be under way.
    package static let settleSeconds: Int64 = 10
    private static let stepCount = 200

    private let store: Store
    private let artifacts: ArtifactFolder
    private let patience: Patience
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let startedAt: Int64

    package init(
        store: Store,
        artifacts: ArtifactFolder,
        patience: Patience,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.store = store
        self.artifacts = artifacts
        self.patience = patience
        self.now = now
        self.logger = logger
        startedAt = now()
    }

    /// Works until shutdown, every ten seconds.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .seconds(10))
                    try await sweep()
                } catch is CancellationError {
                    return
                } catch {
                    // The database is away: what waits is still there at the next tick.
                    logger.warning("sweep failed", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// One round of all that is due.
    package func sweep() async throws {
        try await judgeSilence()
        try await purge()
        // What a server that was killed left of its uploads; younger parts may still be written.
        artifacts.discardUploads(before: now() / 1_000_000 - 86_400)
    }

    private func judgeSilence() async throws {
        while try await store.runs.reviveHeard(now: now(), limit: Self.stepCount) > 0 {
            try Task.checkCancellation()
        }
        let time = now()
        guard patience.lostAfterHours > 0, time - startedAt >= patience.graceSeconds * 1_000_000
        else { return }
        let deadline = time - patience.lostAfterHours * 3_600_000_000
        let reason = "silent for \(patience.lostAfterHours) h"
        while try await store.runs.endSilent(
            heardBefore: deadline,
            reason: reason,
            now: now(),
            limit: Self.stepCount
        ) > 0 { try Task.checkCancellation() }
    }

    private func purge() async throws {
        let time = now()
        let deadline = patience.purgeAfterDays > 0 ? time - patience.purgeAfterDays * day : nil
        while try await store.purge.claim(
            deletedBefore: deadline,
            now: time,
            limit: Self.stepCount
        ) > 0 { try Task.checkCancellation() }
        let settled = time - Self.settleSeconds * 1_000_000
        while true {
            let items = try await store.purge.waiting(settled: settled, limit: Self.stepCount)
            let bare = try await removeArtifacts(of: items)
            if bare.isEmpty { break }
            for item in bare {
                try Task.checkCancellation()
                try await store.purge.empty(item.runID)
            }
            try await store.purge.remove(bare)
            logger.info("purged runs", metadata: ["count": "\(bare.count)"])
        }
        for id in try await store.purge.emptyProjects() {
            guard let project = try await store.projects.find(id: id) else { continue }
            guard isDone("project \(id.hex)", { try artifacts.remove(project) }) else { continue }
            try await store.purge.remove(id, now: now())
        }
    }

    private var day: Int64 { 24 * 3_600_000_000 }

    /// Returns the runs that have no artifacts any more; the others stay until their files can go.
    private func removeArtifacts(of items: [PurgeStore.Item]) async throws -> [PurgeStore.Item] {
        var bare: [PurgeStore.Item] = []
        for (id, runs) in Dictionary(grouping: items, by: \.projectID) {
            guard let project = try await store.projects.find(id: id) else { continue }
            bare += runs.filter { run in
                isDone("run \(run.runID.hex)") { try artifacts.remove(run.runID, of: project) }
            }
        }
        return bare
    }

    private func isDone(_ subject: String, _ removal: () throws -> Void) -> Bool {
        do {
            try removal()
            return true
        } catch {
            logger.warning(
                "artifacts could not be removed",
                metadata: ["of": "\(subject)", "error": "\(error)"]
            )
            return false
        }
    }
}

extension ArtifactFolder {
    private static let scheme = "mlflow-artifacts:/"

    /// Removes what a run stored here; artifacts that clients keep elsewhere are theirs.
    func remove(_ run: RunID, of project: Project) throws(MLflowError) {
        guard let folder = folder(of: project) else { return }
        try removeIfThere("\(folder)\(run.hex)")
    }

    /// Removes the project's own folder, unless clients chose the place and may share it.
    func remove(_ project: Project) throws(MLflowError) {
        guard project.tags[Project.artifactLocationTag] == nil else { return }
        try removeIfThere(String(project.experimentID))
    }

    /// The folder of a project, with a slash at its end; nil when it is not on this server.
    private func folder(of project: Project) -> String? {
        let location = project.artifactLocation
        guard location.hasPrefix(Self.scheme) else { return nil }
        let path = location.dropFirst(Self.scheme.count)
        return path.isEmpty || path.hasSuffix("/") ? String(path) : path + "/"
    }

    private func removeIfThere(_ text: String) throws(MLflowError) {
        do {
            try delete(ArtifactPath(text))
        } catch  where error.code == .resourceDoesNotExist {
            return
        }
    }
}
