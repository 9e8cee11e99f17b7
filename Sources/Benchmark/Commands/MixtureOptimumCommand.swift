import ArgumentParser

/// Regions of the best mixture on planted worlds, and times of exact optima.
struct MixtureOptimumCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimum",
        abstract: "How often the region of the best mixture holds the planted one."
    )

    @Option(help: "Worlds for each setting.")
    var worlds = 16

    @Option(help: "The folder that holds regmix; none: no report on it.")
    var data: String?

    func run() throws {
        try OptimumBenchmark(worlds: max(worlds, 1), swarms: data.map(SwarmTable.init)).run()
    }
}
