import API
import ArgumentParser
import Client
import Runs

struct PredictionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predictions",
        abstract: "Losses foretold for runs to come, and how far they held.",
        subcommands: [List.self, Freeze.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists a project's frozen predictions with their scores."
        )

        @OptionGroup var options: ServerOptions

        @Option(help: "Name or id of the project.")
        var project: String

        @Option(help: "Only predictions of this law.")
        var law: String?

        func run() async throws {
            try await options.answer { client throws(ClientError) in
                try await client.predictions(of: project, law: law)
            } text: { list in
                PredictionText.list(list)
            }
        }
    }

    struct Freeze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Freezes a prediction; it is scored when the run has finished."
        )

        @OptionGroup var options: ServerOptions

        @Option(help: "Name or id of the project.")
        var project: String

        @Option(help: "Id of the law; chinchilla without it and --fit.")
        var law: String?

        @Option(help: "Id of a finished fit; the law's newest without it.")
        var fit: String?

        @Option(name: .customLong("run"), help: "Id of the run, which must not have finished.")
        var runID: String?

        @Option(help: "Name of the run, where it has no id yet.")
        var name: String?

        @Option(
            parsing: .singleValue,
            help: "ROLE=NUMBER, for example parameterCount=1.5B; may be repeated."
        )
        var set: [String] = []

        func run() async throws {
            var prediction = NewPrediction(
                project: project,
                law: law,
                fit: fit,
                run: runID,
                name: name
            )
            try await reporting { () throws(Failure) in
                if !set.isEmpty { prediction.values = try Self.values(set) }
            }
            let asked = prediction
            try await options.answer { client throws(ClientError) in
                try await client.freeze(asked)
            } text: { frozen in
                PredictionText.frozen(frozen)
            }
        }

        private static func values(_ pairs: [String]) throws(Failure) -> [String: Double] {
            var values: [String: Double] = [:]
            for pair in pairs {
                let halves = pair.split(separator: "=", maxSplits: 1)
                guard halves.count == 2,
                    let value = NumberText.number(String(halves[1]), suffixes: true)
                else { throw .usage("--set \(pair): write ROLE=NUMBER, as tokenCount=20B.") }
                values[String(halves[0])] = value
            }
            return values
        }
    }
}
