import API
import Foundation
import Runs

/// Sends what waits in the spool, one block after the other, each once.
package struct SpoolSender: Sendable {
    /// What an attempt to send a run's records did.
    package struct Report: Sendable, Hashable {
        package var sentPointCount = 0
        /// Why records were set aside, one reason a block.
        package var refusals: [String] = []
        /// Why sending stopped before everything was sent; nil when all was.
        package var obstacle: String?
        /// Another process is sending this run's records.
        package var isBusy = false

        package init() {}
    }

    private let clients: @Sendable (String) throws(ClientError) -> Client
    private let now: @Sendable () -> Int64
    /// For one call; nil for as long as calls usually get.
    private let callMilliseconds: Int?

    /// - Parameters:
    ///   - clients: makes the client of a server's address; it must not repeat calls.
    ///   - now: microseconds since 1970.
    package init(
        callMilliseconds: Int? = nil,
        now: @escaping @Sendable () -> Int64,
        clients: @escaping @Sendable (String) throws(ClientError) -> Client
    ) {
        self.clients = clients
        self.now = now
        self.callMilliseconds = callMilliseconds
    }

    /// Sends the records of a run until none waits, the server does not take them, or `isOver`.
    /// - Parameter isPatient: waits out the pause after an earlier failure by doing nothing.
    package func send(
        _ spool: RunSpool,
        isPatient: Bool = false,
        isOver: () -> Bool = { false }
    ) async throws(SpoolError) -> Report {
        var report = Report()
        while true {
            guard let lock = try spool.lockForSending() else {
                report.isBusy = true
                return report
            }
            var progress = spool.progress()
            if isPatient, !progress.mayTry(now: now()) {
                report.obstacle = progress.lastError ?? "the server did not answer"
                return report
            }
            try await send(spool, &progress, &report, isOver)
            withExtendedLifetime(lock) {}
            // Who appended while the lock was held relied on us.
            guard report.obstacle == nil, !isOver(), try spool.nextBlock(&progress) != nil else {
                return report
            }
        }
    }

    private func send(
        _ spool: RunSpool,
        _ progress: inout SendProgress,
        _ report: inout Report,
        _ isOver: () -> Bool
    ) async throws(SpoolError) {
        while let (block, key) = try spool.nextBlock(&progress) {
            if isOver() {
                report.obstacle = "there was no more time"
                return
            }
            progress.pendingEnd = block.end
            try spool.write(progress)
            let (outcome, run) = try await send(block, key, spool)
            let step = progress.settle(block, outcome, now: now())
            if case .setAside(let reason) = step {
                try spool.setAside(block, run: run, reason: reason)
                report.refusals.append(reason)
            }
            try spool.write(progress)
            if outcome == .accepted { report.sentPointCount += block.pointCount }
            if case .later(let reason, _) = outcome {
                report.obstacle = reason
                return
            }
        }
    }

    private func send(
        _ block: SpoolBlock,
        _ key: String,
        _ spool: RunSpool
    ) async throws(SpoolError) -> (BlockOutcome, run: String) {
        var target = try spool.target()
        do throws(ClientError) {
            let client = try clients(target.server)
            if target.run == nil, let found = try await find(target, client) {
                target.run = found
            } else if target.run == nil {
                return (.refused(reason: "There is no run \(target.shown)."), target.shown)
            }
            let run = target.run ?? ""
            try await client.deliver(block, run: run, key: key, milliseconds: callMilliseconds)
            return (.accepted, run)
        } catch {
            return (Self.outcome(error), target.run ?? "")
        }
    }

    /// The newest run of the name.
    private func find(
        _ target: SpoolTarget,
        _ client: Client
    ) async throws(ClientError) -> String? {
        guard let project = target.project, let name = target.name else { return nil }
        let plain = name.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        let runs = try await client.runs(
            of: project,
            filter: "name = '\(plain)'",
            sort: "-startTime",
            limit: 1
        )
        return runs.value.runs.first?.id.hex
    }

    /// Only a plain no of the server itself is final. What others answer in its place (a proxy, an
    /// older version) and what a person can mend (a token) is tried again.
    static func outcome(_ error: ClientError) -> BlockOutcome {
        switch error {
        case .refused(let refusal):
            switch refusal.code {
            case .invalid, .notFound, .conflict, .tooLarge, .cannotFit:
                return .refused(reason: refusal.message)
            case .unauthorized, .internal, .unavailable:
                return .later(reason: refusal.message, seconds: nil)
            }
        case .malformedReply(413, _, _):
            return .refused(reason: error.message)
        case .badAddress, .unreachable, .timedOut, .malformedReply, .replyTooLarge, .unreadableFile:
            return .later(reason: error.message, seconds: nil)
        }
    }
}

extension Client {
    /// Sends a block; sent again with the same key, it changes nothing.
    func deliver(
        _ block: SpoolBlock,
        run: String,
        key: String,
        milliseconds: Int?
    ) async throws(ClientError) {
        let body = block.body(run: run)
        switch block.kind {
        case .checkpoint: return
        case .create:
            let _: Answer<StoredRun> = try await call(
                Endpoints.createRun,
                bytes: body,
                milliseconds: milliseconds
            )
        case .patch:
            let _: Answer<StoredRun> = try await call(
                Endpoints.patchRun,
                [run],
                bytes: body,
                milliseconds: milliseconds
            )
        case .points:
            let _: Answer<StoredPoints> = try await call(
                Endpoints.createPoints,
                bytes: body,
                headers: ["Idempotency-Key": key],
                milliseconds: milliseconds
            )
        }
    }
}

/// As much of the answers as tells that it was the server that answered.
private struct StoredRun: Decodable, Sendable { let id: RunID }
private struct StoredPoints: Decodable, Sendable { let points: Int }
