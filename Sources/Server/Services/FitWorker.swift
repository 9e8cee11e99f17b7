import API
package import Foundation
package import Runs
import ScalingLaws
import ServiceLifecycle
package import Storage
import Synchronization

/// What a fit was asked with, stored beside it, so that a second computation gives the same fit.
package struct StoredFitRequest: Sendable, Codable, Hashable {
    /// Filter of the query language.
    package var `where`: String?
}

/// Takes fits from the queue that all servers of a database share, one at a time, and computes them
/// on a thread of its own.
///
/// 1. Taking a job is a short transaction; computing holds none.
/// 2. A sign of life is written while computing; a job without one is taken again by whoever is
///    free, and its stored seed gives the same fit.
package final class FitWorker: Service {
    private let store: Store
    private let now: @Sendable () -> Int64
    private let owner = UUID().hex
    private let thread = ComputeThread(label: "isoloss.fit")
    private let wakeups: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private let isStopping = Atomic(false)
    /// Share done by fits that this server computes.
    private let shares = Mutex<[UUID: Double]>([:])

    package init(store: Store, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.now = now
        (wakeups, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Queues a fit and wakes the worker.
    package func enqueue(
        project: ProjectID,
        law: ServedLaw,
        where filter: String?,
        seed: UInt64
    ) async throws -> FitRecord {
        let request = try WireJSON.encoder().encode(StoredFitRequest(where: filter))
        let job = FitJob(
            id: UUID(),
            projectID: project,
            law: law.id,
            request: request,
            seed: seed
        )
        try await store.fits.enqueue(job, now: now())
        bell.yield()
        guard let record = try await store.fits.find(job.id) else {
            throw StorageError.notFound(kind: "fit", id: job.id.hex)
        }
        return record
    }

    /// Fits that this server computes now.
    package var runningCount: Int { shares.withLock { $0.count } }

    /// Share done, 0 to 1, of a fit that this server computes now.
    package func progress(of id: UUID) -> Double? { shares.withLock { $0[id] } }

    /// Works until shutdown. Other servers' jobs are looked for every two seconds.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [bell] in
                    while !Task.isCancelled {
                        bell.yield()
                        do { try await Task.sleep(for: .seconds(2)) } catch { return }
                    }
                }
                for await _ in wakeups { await drain() }
                isStopping.store(true, ordering: .relaxed)
                group.cancelAll()
            }
        }
    }

    private func drain() async {
        while !Task.isCancelled {
            do {
                guard let job = try await store.fits.take(owner: owner, now: now()) else { return }
                try await work(job)
            } catch {
                // The database is away: the job stays in the queue and the next tick tries again.
                return
            }
        }
    }

    private func work(_ job: FitJob) async throws {
        defer { shares.withLock { $0[job.id] = nil } }
        let outcome = await withTaskGroup(of: FitOutcome?.self) { group in
            group.addTask { [self] in
                await keepAlive(job.id)
                return nil
            }
            group.addTask { [self] in await compute(job) }
            var outcome: FitOutcome?
            for await result in group {
                guard let result else { continue }
                outcome = result
                group.cancelAll()
            }
            return outcome
        }
        guard let outcome, !Task.isCancelled else { return }
        try await store.fits.finish(job.id, owner: owner, outcome, now: now())
    }

    /// Writes a sign of life every five seconds until cancelled.
    private func keepAlive(_ id: UUID) async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .seconds(5))
                guard try await store.fits.heartbeat(id, owner: owner, now: now()) else { return }
            } catch {
                return
            }
        }
    }

    private func compute(_ job: FitJob) async -> FitOutcome {
        do {
            let law = try ServedLaw(parsing: job.law)
            let stored = try WireJSON.decoder().decode(StoredFitRequest.self, from: job.request)
            let set = try await observations(job, law, where: stored.where)
            let request = FitRequest(
                observations: set.observations,
                parameterConvention: set.parameterConvention,
                lossName: set.lossName,
                seed: job.seed,
                progress: { [self] share in shares.withLock { $0[job.id] = share } },
                isCancelled: { [self] in isStopping.load(ordering: .relaxed) }
            )
            do {
                let fit = try await thread.run { () throws in
                    try law.fit(request, leftOut: set.leftOut)
                }
                return .finished(result: fit.fit, runCount: set.observations.count)
            } catch let error as FitError {
                let message = Self.message(error, set)
                return .failed(code: APIError.Code.cannotFit.rawValue, message: message)
            }
        } catch {
            let error = APIError(describing: error)
            return .failed(code: error.code.rawValue, message: error.message)
        }
    }

    private func observations(
        _ job: FitJob,
        _ law: ServedLaw,
        where filter: String?
    ) async throws -> ObservationBuilder.Result {
        let builder = ObservationBuilder(
            resolver: try await Lookup(store: store).resolver(job.projectID),
            card: law.card,
            filter: try filter.map { text throws(QueryError) in try RunFilter(parsing: text) }
        )
        return builder.build(try await store.runs.all(projectID: job.projectID))
    }

    /// The law's own sentence, and what keeps most of the other runs out.
    private static func message(_ error: FitError, _ set: ObservationBuilder.Result) -> String {
        let reasons = Dictionary(grouping: set.leftOut, by: \.reason).mapValues(\.count)
        let most = reasons.max { ($0.value, $1.key) < ($1.value, $0.key) }
        guard let most else { return error.message }
        return error.message
            + " \(set.leftOut.count) runs were left out before that, most of them ("
            + "\(most.value)) because: \(most.key)"
    }
}
