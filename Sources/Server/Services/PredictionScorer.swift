import Foundation
import Runs
package import Storage
import Synchronization

/// Scores predictions by the runs they were about, once these have finished.
///
/// 1. A prediction about a run is scored by that run; one about a name by the first run of that
///    name, and one about settings by the first run whose roles are within 2 % of them all, that
///    was not known to have finished when the prediction was frozen.
/// 2. Where that run fails or is killed, the prediction is void, until another run of its name or
///    settings, or the same one resumed, finishes and scores it.
/// 3. A run is read once its last change is some seconds old, so that its last points are there.
package final class PredictionScorer: Sendable {
    package static let settleSeconds: Int64 = 5
    /// Changes so old are not looked at again.
    private static let overlapSeconds: Int64 = 60
    package static let tolerance = 0.02
    private static let pageCount = 500

    private let store: Store
    private let now: @Sendable () -> Int64
    /// Until when the finished runs of a project have been looked at.
    private let seen = Mutex<[ProjectID: Int64]>([:])

    package init(store: Store, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.now = now
    }

    /// One look at all projects with predictions that wait; returns how many were scored or found
    /// void.
    @discardableResult
    package func sweep() async throws -> Int {
        var count = 0
        for (project, oldest) in try await store.predictions.waitingProjects() {
            let start = seen.withLock { max($0[project] ?? oldest, oldest) }
            let time = now()
            count += try await score(project, since: start, until: time)
            seen.withLock { $0[project] = time - Self.overlapSeconds * 1_000_000 }
        }
        return count
    }

    private func score(_ project: ProjectID, since: Int64, until time: Int64) async throws -> Int {
        let resolver = try await Lookup(store: store).resolver(project)
        var waiting = try await store.predictions.waiting(
            projectID: project,
            limit: Limits.predictionCount
        )
        var count = 0
        var last: PredictionStore.Ended?
        while !waiting.isEmpty {
            let page = try await store.predictions.ended(
                projectID: project,
                since: since - 1,
                after: last,
                limit: Self.pageCount
            )
            let settled = page.filter { $0.changedAt <= time - Self.settleSeconds * 1_000_000 }
            let runs = try await store.runs.find(ids: settled.map(\.id))
            let made = Dictionary(settled.map { ($0.id, $0.madeAt) }, uniquingKeysWith: min)
            for run in runs {
                let roles = resolver.resolve(run, isExplaining: false)
                let about = waiting.filter { prediction in
                    Self.isAbout(prediction, run, roles, madeAt: made[run.id] ?? run.startTime)
                }
                guard run.status == .finished else {
                    count += try await void(about, run, at: time)
                    continue
                }
                guard let loss = roles.values[.loss] else { continue }
                let observed = RunViewer.isDiverged(run, roles) && loss.isFinite ? .nan : loss
                for prediction in about {
                    let score = Prediction.Score(runID: run.id, observed: observed, scoredAt: time)
                    if try await store.predictions.score(prediction, score) { count += 1 }
                }
                let ids = Set(about.map(\.id))
                waiting.removeAll { ids.contains($0.id) }
            }
            guard page.count == Self.pageCount else { break }
            last = page.last
        }
        return count
    }

    private func void(_ predictions: [Prediction], _ run: Run, at time: Int64) async throws -> Int {
        var count = 0
        let end = run.status == .killed ? "was killed" : "failed"
        let mark = Prediction.Void(
            runID: run.id,
            reason: "The run \(run.name) \(end) before it was done.",
            voidedAt: time
        )
        for prediction in predictions where prediction.void == nil {
            if try await store.predictions.void(prediction, mark) { count += 1 }
        }
        return count
    }

    private static func isAbout(
        _ prediction: Prediction,
        _ run: Run,
        _ roles: ResolvedRoles,
        madeAt: Int64
    ) -> Bool {
        if let id = prediction.runID { return id == run.id }
        guard madeAt >= prediction.createdAt || (run.endTime ?? 0) >= prediction.createdAt else {
            return false
        }
        if let name = prediction.runName { return name == run.name }
        return prediction.values.allSatisfy { role, value in
            roles.values[role].map { abs($0 / value - 1) <= tolerance } ?? false
        }
    }
}
