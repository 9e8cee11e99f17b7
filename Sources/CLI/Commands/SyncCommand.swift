import API
import ArgumentParser
import Client
import Foundation

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Sends what `isoloss log` could not send yet, or says what waits.",
        discussion:
            "Every run goes to the server that it was logged to. Exits with 69 while something waits."
    )

    @OptionGroup var options: ServerOptions
    @OptionGroup var spool: SpoolOptions

    @Flag(help: "Try once instead of until everything is sent.")
    var once = false

    @Flag(help: "Send nothing; say what waits.")
    var status = false

    func run() async throws {
        try await reporting { () throws(Failure) in
            let folder = spool.folder
            if status {
                let rows = try spooling { () throws(SpoolError) in try SpoolSummary.rows(folder) }
                return Output.answer(
                    options.json ? SpoolSummary.json(rows) : SpoolSummary.table(rows)
                )
            }
            let total = try await send(folder)
            let rows = try spooling { () throws(SpoolError) in
                try folder.prune(now: Date())
                return try SpoolSummary.rows(folder)
            }
            let waiting = rows.reduce(0) { $0 + $1.points }
            if options.json {
                Output.answer(SpoolSummary.json(rows))
            } else {
                Output.answer("\(total.sentPointCount) points sent, \(waiting) wait.")
            }
            for reason in Set(total.refusals).sorted() { Output.message("Set aside: \(reason)") }
            guard rows.allSatisfy({ $0.records == 0 }) else { throw Self.left(rows) }
            guard total.refusals.isEmpty else { throw SpoolDelivery.refusal }
        }
    }

    private static func left(_ rows: [SpoolSummary.Row]) -> Failure {
        let first = rows.first { $0.records > 0 }
        let reason = first?.lastError ?? "Another process is sending."
        return .client(.refused(APIError(.unavailable, "Some runs still wait. \(reason)")))
    }

    private func send(_ folder: SpoolFolder) async throws(Failure) -> SpoolSender.Report {
        let sender = options.sender()
        let stop = StopSignal()
        var total = SpoolSender.Report()
        var pause = 1.0
        while true {
            var isLeft = false
            for run in folder.runs() where !stop.isSet {
                do throws(SpoolError) {
                    let report = try await sender.send(run) { stop.isSet }
                    total.sentPointCount += report.sentPointCount
                    total.refusals += report.refusals
                    isLeft = isLeft || report.obstacle != nil || report.isBusy
                    if report.sentPointCount > 0 { pause = 1 }
                } catch {
                    throw .spool(error)
                }
            }
            if !isLeft || once || stop.isSet { return total }
            for _ in 0..<Int(pause * 10) where !stop.isSet { await Client.pause(0.1) }
            pause = min(30, pause * 2)
        }
    }
}
