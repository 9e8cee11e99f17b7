import ArgumentParser
import Client

struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Says where running jobs will end, and which of them to stop.",
        discussion: """
            Without --run and --where it looks at every running job of the project.
              isoloss forecast --project P
              isoloss forecast --project P --where 'status = running and width >= 512'
            """
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project.")
    var project: String

    @Option(help: "Id of one run.")
    var run: String?

    @Option(name: .customLong("where"), help: "Only runs that pass.")
    var filter: String?

    @Option(help: "Seed of all random draws; the same seed gives the same forecasts.")
    var seed: UInt32?

    func validate() throws {
        guard run == nil || filter == nil else {
            throw ValidationError("--run and --where are one too many.")
        }
    }

    func run() async throws {
        try await options.answer(isSlow: true) { client throws(ClientError) in
            try await client.forecasts(query: query)
        } text: { forecasts in
            ForecastText.text(forecasts, isOne: run != nil)
        }
    }

    private var query: [(name: String, value: String)] {
        var query = [(name: "project", value: project)]
        if let run { query.append(("run", run)) }
        if let filter { query.append(("where", filter)) }
        if let seed { query.append(("seed", String(seed))) }
        return query
    }
}
