package import API
import Compression
import Foundation
package import Importers
import Runs
import ServiceLifecycle
package import Storage
import Synchronization

/// One import that was asked for.
package struct ImportJob: Sendable {
    package var id: String
    /// Name or id; made when the file was read and no project has that name.
    package var project: String
    package var bytes: [UInt8]
    package var format: String
    package var options: ImportOptions
}

/// Imports, one at a time, in the order they were asked for. A file is read whole before its runs
/// are stored in one transaction, so a failed import leaves nothing.
package final class ImportJobs: Service {
    /// Files that may wait, and finished imports that can still be asked about.
    static let waitingLimit = 16
    static let keptLimit = 200

    private struct State {
        var messages: [String: ImportMessage] = [:]
        var order: [String] = []
        var waiting = 0
    }

    private let store: Store
    private let now: @Sendable () -> Int64
    private let thread = ComputeThread(label: "isoloss.import")
    private let state = Mutex(State())
    private let jobs: AsyncStream<ImportJob>
    private let queue: AsyncStream<ImportJob>.Continuation

    package init(store: Store, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.now = now
        (jobs, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waitingLimit))
    }

    /// Puts a file in the queue.
    package func enqueue(_ job: ImportJob) throws(APIError) -> ImportMessage {
        let message = ImportMessage(id: job.id, project: job.project)
        let isAccepted = state.withLock { state in
            guard state.waiting < Self.waitingLimit else { return false }
            state.waiting += 1
            state.messages[job.id] = message
            state.order.append(job.id)
            if state.order.count > Self.keptLimit {
                state.messages[state.order.removeFirst()] = nil
            }
            return true
        }
        guard isAccepted else {
            throw APIError(
                .unavailable,
                "\(Self.waitingLimit) imports are waiting already.",
                hint: "Send this one again when some of them have finished."
            )
        }
        queue.yield(job)
        return message
    }

    package func find(_ id: String) -> ImportMessage? {
        state.withLock { $0.messages[id] }
    }

    /// Works until shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            for await job in jobs {
                await work(job)
            }
        }
    }

    private func work(_ job: ImportJob) async {
        update(job.id) { $0.status = .running }
        do {
            let outcome = try await thread.run { () throws in try self.read(job) }
            let project = try await Lookup(store: store)
                .projectMakingIt(job.project, now: now())
            let result = try await store.imports.commit(
                projectID: project.id,
                runs: outcome.runs,
                now: now()
            ) { [self] share in
                update(job.id) { $0.progress = 0.5 + 0.5 * share }
            }
            let note = try await adoptLoss(of: job, in: project.id)
            update(job.id) { message in
                message.status = .finished
                message.progress = 1
                message.inserted = result.inserted
                message.unchanged = result.unchanged
                message.note(outcome)
                if let note { message.notes.append(note) }
            }
        } catch {
            update(job.id) { message in
                message.status = .failed
                message.error = APIError(describing: error)
            }
        }
        state.withLock { $0.waiting -= 1 }
    }

    /// Logs keep their metrics under their own names, one of which may be `loss`. So the formula an
    /// import gives for the loss becomes the project's, unless the project has one already; returns
    /// what to tell of it.
    private func adoptLoss(
        of job: ImportJob,
        in project: ProjectID
    ) async throws(StorageError) -> String? {
        guard job.format == JSONLinesImporter.format, let formula = job.options.map[.loss] else {
            return nil
        }
        var mapping = try await store.projects.roleMapping(project)
        if let known = mapping.expressions[.loss] {
            guard known != formula.text else { return nil }
            return "The project reads the loss from \(known); "
                + "`isoloss roles --set` changes that, an import does not."
        }
        mapping.expressions[.loss] = formula.text
        try await store.projects.setRoleMapping(project, mapping, now: now())
        return "The project now reads the loss from \(formula.text)."
    }

    private func read(_ job: ImportJob) throws -> ImportOutcome {
        var options = job.options
        let bytes: [UInt8]
        if let end = options.mixtures.mixtureBytes, end < job.bytes.count {
            // Each of the two tables may be gzipped by itself.
            let first = try Self.plain(Array(job.bytes[..<end]))
            options.mixtures.mixtureBytes = first.count
            bytes = first + (try Self.plain(Array(job.bytes[end...])))
        } else {
            bytes = try Self.plain(job.bytes)
        }
        return try importer(for: job.format).read(bytes, options: options) { share in
            // Storing takes about as long as reading.
            update(job.id) { $0.progress = 0.5 * share }
        }
    }

    private static func plain(_ bytes: [UInt8]) throws -> [UInt8] {
        guard Gzip.isGzip(bytes) else { return bytes }
        return try Gzip.decompress(bytes, limit: Limits.importDecompressedBytes)
    }

    private func update(_ id: String, _ change: (inout ImportMessage) -> Void) {
        state.withLock { state in
            guard var message = state.messages[id] else { return }
            change(&message)
            state.messages[id] = message
        }
    }
}

extension ImportMessage {
    /// Rejected rows shown; all are counted.
    static let shownRejectedCount = 1_000

    fileprivate mutating func note(_ outcome: ImportOutcome) {
        rejected = outcome.rejected.prefix(Self.shownRejectedCount).map {
            Rejected(line: $0.line, column: $0.column, reason: $0.reason)
        }
        rejectedCount = outcome.rejected.count
        filtered = outcome.filtered
        diverged = outcome.diverged
        notes = outcome.notes
    }
}
