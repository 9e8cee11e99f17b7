import API
import ArgumentParser
import Client

extension MixtureCommand {
    struct Preset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mixtures and budgets by published rules, from sizes or similarities alone.",
            discussion: """
                The file is the rule's input as JSON, for example for unimax:
                  {"tokens": {"web": 5e12, "code": 4e11}, "budget": 2e12, "maxEpochs": 4}
                """
        )

        enum Rule: String, ExpressibleByArgument, CaseIterable {
            case temperature, unimax
            case autoScale = "auto-scale"
            case mixMin = "mix-min"
            case taskBudgets = "task-budgets"
            case preferenceSplit = "preference-split"
        }

        @OptionGroup var options: ServerOptions

        @Argument(help: "The rule.")
        var rule: Rule

        @Argument(help: "JSON file of its input; - reads standard input.")
        var file: String

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let body = try MixtureFile.json(file)
                let answer = try await calling { () throws(ClientError) in
                    try await client.mixturePreset(rule.rawValue, body)
                }
                Output.answer(answer.body)
            }
        }
    }
}
