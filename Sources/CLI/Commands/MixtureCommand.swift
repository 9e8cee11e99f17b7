import API
import ArgumentParser
import Client
import Foundation
import Importers

struct MixtureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mixture",
        abstract: "Fits laws over data mixtures, predicts, and finds the best one.",
        discussion: """
            Runs carry their mixture as params mixture/<domain>, or come from tables:
              isoloss import mixtures MIXTURES.csv METRICS.csv --project P --join index
              isoloss mixture fit --project P --target METRIC
            A * in a target stands for any text: 'metric/*' is the mean of all that begin so.
            """,
        subcommands: [
            Show.self, Fit.self, Predict.self, Optimise.self, Design.self, Next.self, Preset.self,
            Critical.self, Rates.self, Online.self,
        ],
        defaultSubcommand: Show.self
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the domains and targets of a project's runs."
        )

        @OptionGroup var options: ServerOptions

        @Option(help: "Name or id of the project.")
        var project: String

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let answer = try await calling { () throws(ClientError) in
                    try await client.swarm(of: project)
                }
                if options.json { return Output.answer(answer.body) }
                Output.answer(MixtureText.text(answer.value))
            }
        }
    }

    struct Fit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fits a law of the loss over mixtures, chosen by runs left out."
        )

        @OptionGroup var options: ServerOptions

        @Option(help: "Name or id of the project.")
        var project: String

        @Option(help: "The metric to make small, or a pattern with *.")
        var target: String

        @Option(help: "Id of a law of mixtures, or auto.")
        var predictor = "auto"

        @Option(name: .customLong("where"), help: "Only runs that pass; kept with the fit.")
        var filter: String?

        @Option(help: "Seed of all random draws; the same seed gives the same fit.")
        var seed: UInt64?

        @Option(help: "Resampled refits behind the intervals, 10 to 200.")
        var draws: Int?

        func run() async throws {
            var isLeft = false
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let request = NewFit(
                    project: project,
                    law: predictor,
                    where: filter,
                    seed: seed,
                    options: draws.map { FitOptionsMessage(drawCount: $0) },
                    target: target
                )
                guard
                    let answer = try await FitWaiting.finished(client, request, title: target)
                else {
                    isLeft = true
                    return
                }
                if options.json { return Output.answer(answer.body) }
                Output.answer(MixtureText.text(answer.value))
            }
            if isLeft { throw ExitCode(130) }
        }
    }

    struct Predict: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Predicts the target of given mixtures.",
            discussion: "The table has a column per domain, named as in the runs, and may have an"
                + " index. With --json each row is one object on a line of its own."
        )

        @OptionGroup var options: ServerOptions

        @Option(help: "Name or id of the project.")
        var project: String

        @Option(help: "The metric, or a pattern with *.")
        var target: String

        @Option(help: "CSV of mixtures; - reads standard input.")
        var mixtures: String

        @Option(help: "Id of the fit to use instead of the newest.")
        var fit: String?

        @OptionGroup var scale: ScaleOptions

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let rows = try MixtureFile.rows(mixtures)
                var warnings: [String] = []
                var found: [MixturePredictionMessage] = []
                for start in stride(from: 0, to: rows.count, by: Self.rowsPerRequest) {
                    let part = rows[start..<min(start + Self.rowsPerRequest, rows.count)]
                    let body = MixturePredictionBody(
                        project: project,
                        target: target,
                        fit: fit,
                        parameterCount: scale.parameters?.value,
                        tokenCount: scale.tokens?.value,
                        mixtures: Array(part)
                    )
                    let answer = try await calling { () throws(ClientError) in
                        try await client.predictMixtures(body)
                    }
                    found += answer.value.predictions
                    warnings = answer.value.warnings
                }
                if options.json {
                    return Output.answer(try MixtureText.lines(found))
                }
                Output.answer(MixtureText.text(found, warnings: warnings))
            }
        }

        private static let rowsPerRequest = 5_000
    }
}

/// Where a law over sizes is asked.
struct ScaleOptions: ParsableArguments {
    @Option(help: "Model size asked for, of laws over sizes; else that of the largest run.")
    var parameters: Quantity?

    @Option(help: "Tokens asked for, of laws over sizes; else those of the largest run.")
    var tokens: Quantity?
}
