import API
package import Foundation
import Mixtures
package import Runs
package import ScalingLaws
import ServiceLifecycle
package import Storage
import Synchronization

/// Takes fits from the queue that all servers of a database share, one at a time, and computes them
/// on a thread of its own.
///
/// 1. Taking a job is a short transaction; computing holds none.
/// 2. A sign of life with the share done is written while computing; a job without one is taken
///    again by whoever is free, and its stored seed gives the same fit.
/// 3. A job cancelled at another server ends here at the next sign of life.
package final class FitWorker: Service {
    private struct Work {
        var share = 0.0
        var isCancelled = false
    }

    private let store: Store
    private let now: @Sendable () -> Int64
    private let owner = UUID().hex
    private let thread = ComputeThread(label: "isoloss.fit")
    private let wakeups: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private let isStopping = Atomic(false)
    /// Fits that this server computes.
    private let works = Mutex<[UUID: Work]>([:])

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
        seed: UInt64,
        options: FitOptions? = nil
    ) async throws -> FitRecord {
        try await enqueue(
            project,
            law: law.id,
            StoredFitRequest(where: filter, options: options),
            seed
        )
    }

    /// Queues a fit of a target over mixtures and wakes the worker.
    package func enqueue(
        project: ProjectID,
        mixture: StoredMixtureRequest,
        where filter: String?,
        seed: UInt64
    ) async throws -> FitRecord {
        try await enqueue(
            project,
            law: MixtureFitJob.law(ofPredictor: mixture.options.predictor),
            StoredFitRequest(where: filter, mixture: mixture),
            seed
        )
    }

    private func enqueue(
        _ project: ProjectID,
        law: String,
        _ request: StoredFitRequest,
        _ seed: UInt64
    ) async throws -> FitRecord {
        let job = FitJob(
            id: UUID(),
            projectID: project,
            law: law,
            request: try WireJSON.encoder().encode(request),
            seed: seed
        )
        try await store.fits.enqueue(job, now: now())
        wake()
        guard let record = try await store.fits.find(job.id) else {
            throw StorageError.notFound(kind: "fit", id: job.id.hex)
        }
        return record
    }

    /// Looks for waiting jobs at once.
    package func wake() { bell.yield() }

    /// Fits that this server computes now.
    package var runningCount: Int { works.withLock { $0.count } }

    /// Share done, 0 to 1, of a fit that this server computes now.
    package func progress(of id: UUID) -> Double? { works.withLock { $0[id]?.share } }

    /// Ends a job that waits or is worked on, here or at another server; false when it has ended.
    package func cancel(_ id: UUID) async throws(StorageError) -> Bool {
        let isCancelled = try await store.fits.cancel(id, now: now())
        if isCancelled { abandon(id) }
        return isCancelled
    }

    private func abandon(_ id: UUID) { works.withLock { $0[id]?.isCancelled = true } }

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
        works.withLock { $0[job.id] = Work() }
        defer { works.withLock { $0[job.id] = nil } }
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

    /// Writes a sign of life every two seconds until cancelled, or until the job is another's.
    private func keepAlive(_ id: UUID) async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .seconds(2))
            } catch {
                return
            }
            do {
                let isOurs = try await store.fits.heartbeat(
                    id,
                    owner: owner,
                    progress: progress(of: id) ?? 0,
                    now: now()
                )
                guard isOurs else { return abandon(id) }
            } catch {
                // The database is away for a moment: the next sign of life may reach it.
                continue
            }
        }
    }

    private func compute(_ job: FitJob) async -> FitOutcome {
        do {
            let stored = try WireJSON.decoder().decode(StoredFitRequest.self, from: job.request)
            if let mixture = stored.mixture {
                return try await compute(job, mixture, where: stored.where)
            }
            let law = try ServedLaw(parsing: job.law)
            let set = try await FitData(store: store).observations(
                job.projectID,
                law.card,
                where: stored.where
            )
            let request = FitRequest(
                observations: set.observations,
                parameterConvention: set.parameterConvention,
                lossName: set.lossName,
                seed: job.seed,
                options: stored.options ?? FitOptions(),
                progress: { [self] share in works.withLock { $0[job.id]?.share = share } },
                isCancelled: { [self] in hasToStop(job.id) }
            )
            let base = try await base(of: job, runs: set.observations.count)
            do {
                let body = try await thread.run { () throws in
                    try law.fit(request, leftOut: set.leftOut, base: base)
                }
                return .finished(
                    FitResult(
                        body: body.fit,
                        summary: body.summary,
                        runCount: set.observations.count,
                        codeVersion: ProductVersion.text
                    )
                )
            } catch let error as FitError {
                let message = Self.message(error, set)
                return .failed(code: APIError.Code.cannotFit.rawValue, message: message)
            }
        } catch {
            let error = APIError(describing: error)
            return .failed(code: error.code.rawValue, message: error.message)
        }
    }

    /// What people ask for is fitted whole; what the server keeps up starts from the last fit.
    private func base(of job: FitJob, runs: Int) async throws(StorageError) -> RefitBase? {
        guard job.isAutomatic else { return nil }
        let last = try await store.fits.latest(projectID: job.projectID, law: job.law)
        return RefitBase(last, for: job, runs: runs)
    }

    private func hasToStop(_ id: UUID) -> Bool {
        isStopping.load(ordering: .relaxed) || works.withLock { $0[id]?.isCancelled ?? true }
    }

    private func compute(
        _ job: FitJob,
        _ mixture: StoredMixtureRequest,
        where filter: String?
    ) async throws -> FitOutcome {
        let fit = MixtureFitJob(
            project: job.projectID,
            request: mixture,
            filter: filter,
            seed: job.seed
        )
        let input = try await fit.input(store)
        let id = job.id
        do {
            let body = try await thread.run { () throws in
                try fit.compute(
                    input,
                    progress: { [self] share in works.withLock { $0[id]?.share = share } },
                    isCancelled: { [self] in hasToStop(id) }
                )
            }
            return .finished(
                FitResult(
                    body: body.fit,
                    summary: body.summary,
                    runCount: input.data.runs.count,
                    codeVersion: ProductVersion.text
                )
            )
        } catch let error as MixtureError {
            return .failed(code: APIError.Code.cannotFit.rawValue, message: error.message)
        }
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
