import API
import ArgumentParser
import Client
import Runs

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Shows what differs between runs."
    )

    @OptionGroup var options: ServerOptions

    @Flag(help: "Show what is the same in all, too.")
    var common = false

    @Argument(help: "Ids of the runs, at most \(Limits.comparedRunCount).")
    var runs: [String]

    func run() async throws {
        try await reporting { () throws(Failure) in
            let client = try options.client()
            let answer = try await calling { () throws(ClientError) in
                try await client.compare(runs, includesCommon: common)
            }
            if options.json { return Output.answer(answer.body) }
            Output.answer(Self.table(answer.value))
            let same = answer.value.common
            if !common {
                Output.message(
                    "The same in all: \(same.params) params, \(same.tags) tags, "
                        + "\(same.metrics) metrics."
                )
            }
        }
    }

    /// A row for each key, a column for each run.
    package static func table(_ comparison: Comparison) -> String {
        var table = Table(
            [("", .left)] + comparison.runs.map { ($0.name.isEmpty ? $0.id.hex : $0.name, .right) }
        )
        table.add(["id"] + comparison.runs.map(\.id.hex))
        table.add(["state"] + comparison.runs.map(\.state.rawValue))
        for row in comparison.params { table.add([row.key] + row.values.map { $0 ?? "–" }) }
        for row in comparison.tags { table.add(["tag " + row.key] + row.values.map { $0 ?? "–" }) }
        for row in comparison.metrics {
            table.add([row.name] + row.values.map { $0.map { NumberText.text($0.last) } ?? "–" })
        }
        return table.text
    }
}
