import ArgumentParser

/// Regret of the law, its rivals and its baselines on the public table.
struct StepLawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step-law",
        abstract: "Regret of the law on the public Step Law table, and times of its fits."
    )

    @Option(help: "Path of dense_lr_bs_loss.csv.")
    var data: String

    func run() throws { try StepLawBenchmark(path: data).run() }
}

/// How often the intervals hold what was planted.
struct CoverageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "How often 90 % intervals hold a planted optimum."
    )

    @Option(help: "Path of dense_lr_bs_loss.csv, for its grid.")
    var data: String?

    @Option(help: "Worlds for each case.")
    var worlds = 200

    func run() throws { try CoverageBenchmark(path: data, worlds: max(worlds, 1)).run() }
}

/// How forecasts of running jobs and stop advice would have done on recorded runs.
struct ForecastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Forecasts and stop advice on the recorded example, each run left out in turn."
    )

    @Option(help: "Path of a recorded sweep, gzipped JSON lines.")
    var data = "examples/tiny-lm/logs/sweep.jsonl.gz"

    @Option(help: "forecasts, few-peers, stops or annealing; all of them by default.")
    var part: ForecastBenchmark.Part?

    func run() throws { try ForecastBenchmark(path: data, part: part).run() }
}

extension ForecastBenchmark.Part: ExpressibleByArgument {}

/// The Chinchilla fit beside SciPy, and the laws of size and tokens beside one another.
struct ChinchillaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chinchilla",
        abstract: "Times of the Chinchilla fit beside SciPy, and laws on the largest scales."
    )

    @Option(help: "Path of svg_extracted_data.csv.")
    var data: String

    @Option(help: "A Python with scripts/reference/requirements.txt installed; none: no SciPy.")
    var python: String?

    @Option(help: "Bootstrap refits.")
    var refits = 1_000

    func run() async throws {
        try await ChinchillaBenchmark(path: data, python: python, refits: max(refits, 1)).run()
    }
}
