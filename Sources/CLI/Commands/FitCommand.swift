import API
import ArgumentParser
import Client
import Runs

struct FitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fits a law on a project's finished runs."
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project.")
    var project: String

    @Option(help: "Id of the law; `isoloss laws` lists them.")
    var law = "step-law"

    @Option(name: .customLong("where"), help: "Only runs that pass; kept with the fit.")
    var filter: String?

    @Option(help: "Seed of all random draws; the same seed gives the same fit.")
    var seed: UInt64?

    @Option(help: "Resampled refits behind the intervals, 50 to 5,000.")
    var draws: Int?

    @Option(help: "Residual of ln loss beyond which it counts linearly; 1e9 is least squares.")
    var huberDelta: Double?

    @Option(help: "Id of published constants that pull the fit where runs are silent.")
    var prior: String?

    @Option(help: "critical-batch: steps above proportion that define it, in per cent; 20.")
    var overheadPercent: Double?

    @Option(help: "critical-batch: tokens per step from which steps fall in proportion.")
    var anchorBatchTokens: Double?

    func run() async throws {
        var isLeft = false
        try await reporting { () throws(Failure) in
            let client = try options.client()
            guard let answer = try await FitWaiting.finished(client, request, title: law) else {
                isLeft = true
                return
            }
            if options.json { return Output.answer(answer.body) }
            Output.answer(FitSummary.text(answer.value))
        }
        // What a shell says of a program that Ctrl-C ended.
        if isLeft { throw ExitCode(130) }
    }

    private var request: NewFit {
        let chosen = FitOptionsMessage(
            drawCount: draws,
            huberDelta: huberDelta,
            prior: prior,
            overheadPercent: overheadPercent,
            anchorBatchTokens: anchorBatchTokens
        )
        return NewFit(
            project: project,
            law: law,
            where: filter,
            seed: seed,
            options: chosen == FitOptionsMessage() ? nil : chosen
        )
    }
}
