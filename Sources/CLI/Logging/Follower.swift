import API
import Client
import Foundation
import Synchronization

/// Reads a growing log into the spool until it ends: by its source, an end marker, silence, or a
/// signal.
struct Follower {
    let source: any LineSource
    let spool: RunSpool
    let idleSeconds: Double?
    let stop: StopSignal

    /// - Returns: the intake with what it counted.
    func run(_ intake: LineIntake) async throws(Failure) -> LineIntake {
        var intake = intake
        var lastNews = ContinuousClock.now
        while !intake.isEnded {
            let isStopping = stop.isSet
            let part = try source.next()
            if part.isNewFile { intake.startOver() }
            try await keep(part.lines, &intake)
            if !part.lines.isEmpty {
                lastNews = .now
                continue
            }
            let isIdle = idleSeconds.map { ContinuousClock.now - lastNews > .seconds($0) } ?? false
            if part.isAtEnd || isStopping || isIdle { break }
            if source.mark != nil { await Client.pause(0.2) }
        }
        if !intake.isEnded, let last = source.finish() { try await keep([last], &intake) }
        return intake
    }

    /// Keeps lines. A followed file keeps them for us while the spool cannot; a pipe does not.
    private func keep(
        _ lines: [LineCutter.Line],
        _ intake: inout LineIntake
    ) async throws(Failure) {
        guard !lines.isEmpty else { return }
        let records = intake.records(lines, mark: source.mark, now: currentMicroseconds())
        var isTold = false
        while true {
            do throws(SpoolError) {
                return try spool.append(records)
            } catch {
                guard source.mark != nil, !stop.isSet else { throw .spool(error) }
                if !isTold { Output.message("\(error.message) Waiting. \(error.hint)") }
                isTold = true
                await Client.pause(1)
            }
        }
    }
}

/// Whether the process was asked to end by SIGTERM or SIGINT.
final class StopSignal: Sendable {
    private let flag: Flag
    /// Held and never touched again, so that no thread can meet another in them.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    init() {
        let flag = Flag()
        self.flag = flag
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { flag.value.store(true, ordering: .relaxed) }
            source.resume()
            return source
        }
    }

    var isSet: Bool { flag.value.load(ordering: .relaxed) }
}
