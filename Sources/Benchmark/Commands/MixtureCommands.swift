import ArgumentParser

/// Everything measured about mixtures, one subcommand each.
struct MixturesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mixtures",
        abstract: "Laws of data mixtures on public swarms, beside their peers.",
        subcommands: [
            PredictorsCommand.self, NextMixturesCommand.self, MixtureOptimumCommand.self,
        ]
    )
}

/// Rank correlations and times of the laws of mixtures.
struct PredictorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predictors",
        abstract: "Laws on held runs of RegMix and DCLM, beside LightGBM."
    )

    @Option(help: "The folder that holds regmix and olmix_dclm.")
    var data: String

    @Option(help: "A Python with scripts/reference/requirements.txt installed; none: no LightGBM.")
    var python: String?

    func run() async throws {
        try await PredictorBenchmark(swarms: SwarmTable(folder: data), python: python).run()
    }
}
