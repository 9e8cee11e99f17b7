import ArgumentParser

/// Designs, RegMix's search and next runs on recorded runs.
struct NextMixturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next-runs",
        abstract: "Designs and suggestions on RegMix's runs, as if trained when chosen."
    )

    @Option(help: "The folder that holds regmix.")
    var data: String

    func run() throws { try DesignBenchmark(swarms: SwarmTable(folder: data)).run() }
}
