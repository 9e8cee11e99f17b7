import Client
import Foundation
import Synchronization

/// Sends a run's records beside the reading of lines, so that a slow server never slows a job down.
final class SendLoop: Sendable {
    private struct State: Sendable {
        var isEnding = false
        var isDone = false
        var sentPointCount = 0
        var refusals: [String] = []
        var obstacle: String?
    }

    private let spool: RunSpool
    private let sender: SpoolSender
    private let state = Mutex(State())

    init(spool: RunSpool, sender: SpoolSender) {
        self.spool = spool
        self.sender = sender
    }

    /// Sends until `end` was called and nothing waits, or the server does not take it.
    func run() async {
        while true {
            let isLast = state.withLock { $0.isEnding }
            var report = SpoolSender.Report()
            do throws(SpoolError) {
                report = try await sender.send(spool, isPatient: !isLast)
            } catch {
                report.obstacle = error.message
            }
            tell(report)
            if isLast, !report.isBusy { break }
            for _ in 0..<5 where !state.withLock({ $0.isEnding }) {
                await Client.pause(0.1)
            }
            if isLast { await Client.pause(0.05) }
        }
        state.withLock { $0.isDone = true }
    }

    /// Waits until what is left was sent: as long as that goes on, but for a server that does not
    /// answer only a second.
    /// - Returns: why records still wait, nil when none does.
    func end() async -> String? {
        state.withLock { $0.isEnding = true }
        var lastCount = -1
        var idleTurns = 0
        while idleTurns < 20 {
            let now = state.withLock { $0 }
            if now.isDone { return now.obstacle }
            let progress = spool.progress()
            let count = progress.sentPointCount + progress.offset
            idleTurns = count == lastCount ? idleTurns + 1 : 0
            lastCount = count
            await Client.pause(0.05)
        }
        return state.withLock { $0.obstacle } ?? "the server takes its time"
    }

    var refusals: [String] { state.withLock { $0.refusals } }

    private func tell(_ report: SpoolSender.Report) {
        let said = state.withLock { state -> String? in
            state.sentPointCount += report.sentPointCount
            state.refusals += report.refusals
            defer { state.obstacle = report.obstacle }
            let isNews = report.obstacle != nil && state.obstacle == nil
            return isNews ? report.obstacle : nil
        }
        if let said { Output.message("What is logged waits in the spool: \(said)") }
        for reason in report.refusals {
            Output.message("The server refused something, which was set aside: \(reason)")
        }
    }
}
