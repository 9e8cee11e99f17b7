import API
import ArgumentParser
import Client

extension MixtureCommand {
    struct Critical: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The share of a domain at which a loss stays what it was before.",
            discussion: """
                For continued pretraining: how much of the old data to replay, from runs that
                replayed different shares of it.
                  isoloss mixture critical --project P --target loss/old --domain old \
                --base-loss 2.41
                """
        )

        @OptionGroup var options: ServerOptions
        @OptionGroup var scope: ContinuedScope

        @Option(help: "The loss before training went on, in the unit of the target.")
        var baseLoss: Double

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let answer = try await calling { () throws(ClientError) in
                    try await client.criticalProportion(
                        scope.query + [(name: "baseLoss", value: "\(baseLoss)")]
                    )
                }
                if options.json { return Output.answer(answer.body) }
                Output.answer(ContinuedText.text(answer.value))
            }
        }
    }

    struct Rates: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Which learning rate goes with which share of an added domain.",
            discussion: """
                From runs that varied both, such as fine-tuning on an added language.
                  isoloss mixture rates --project P --target loss --domain german --share 0.3
                """
        )

        @OptionGroup var options: ServerOptions
        @OptionGroup var scope: ContinuedScope

        @Option(help: "Ask for the best rate at this share.")
        var share: Double?

        @Option(help: "Ask for the best share at this peak learning rate.")
        var learningRate: Double?

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                var query = scope.query
                if let share { query.append((name: "share", value: "\(share)")) }
                if let learningRate {
                    query.append((name: "learningRate", value: "\(learningRate)"))
                }
                let asked = query
                let answer = try await calling { () throws(ClientError) in
                    try await client.rateSurface(asked)
                }
                if options.json { return Output.answer(answer.body) }
                Output.answer(ContinuedText.text(answer.value))
            }
        }
    }
}

/// Which runs, which loss and which domain.
struct ContinuedScope: ParsableArguments {
    @Option(help: "Name or id of the project.")
    var project: String

    @Option(help: "The metric, a pattern with *, or a weighted sum.")
    var target: String

    @Option(help: "The domain whose share varies.")
    var domain: String

    @Option(name: .customLong("where"), help: "Only runs that pass this filter.")
    var filter: String?

    var query: [(name: String, value: String)] {
        [("project", project), ("target", target), ("domain", domain)]
            + (filter.map { [("where", $0)] } ?? [])
    }
}
