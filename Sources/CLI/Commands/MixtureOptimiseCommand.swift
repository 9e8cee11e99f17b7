import API
import ArgumentParser
import Client

extension MixtureCommand {
    struct Optimise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds the best mixture within constraints, and how sure it is.",
            discussion: """
                Constraints are JSON, in a file or as an argument, for example:
                  {"bounds": {"code": {"low": 0.1, "high": 0.5}},
                   "targetTokens": 2e12, "maximumEpochs": 4,
                   "groups": [{"domains": ["web", "books"], "low": 0.3}]}
                """
        )

        @OptionGroup var options: ServerOptions

        @Option(help: "Name or id of the project.")
        var project: String

        @Option(help: "METRIC or METRIC=WEIGHT; repeat for a weighted sum.")
        var target: [String]

        @Option(help: "JSON file of constraints, or the JSON itself; - reads standard input.")
        var bounds: String?

        @Option(help: "Standard deviations added to the prediction; 0 trusts the law fully.")
        var caution: Double?

        @Option(help: "Mixtures whose prediction is no more above the best count as equal.")
        var tolerance: Double?

        @Option(help: "Seed of all random draws.")
        var seed: UInt64?

        @OptionGroup var scale: ScaleOptions

        func validate() throws {
            guard !target.isEmpty else { throw ValidationError("Give --target METRIC.") }
        }

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let body = try self.body()
                let progress = ProgressLine("Asking \(client.address.shown)")
                progress.show(nil)
                defer { progress.end() }
                let answer = try await calling { () throws(ClientError) in
                    try await client.mixtureOptimum(body)
                }
                progress.end()
                if options.json { return Output.answer(answer.body) }
                Output.answer(MixtureText.text(answer.value))
            }
        }

        private func body() throws(Failure) -> MixtureOptimumBody {
            var body = MixtureOptimumBody(project: project)
            if target.count == 1, !Self.isWeighted(target[0]) {
                body.target = target[0]
            } else {
                body.targets = try Self.weights(target)
            }
            body.constraints = try bounds.map { path throws(Failure) in try MixtureFile.json(path) }
            body.parameterCount = scale.parameters?.value
            body.tokenCount = scale.tokens?.value
            body.caution = caution
            body.tolerance = tolerance
            body.seed = seed
            return body
        }

        private static func isWeighted(_ text: String) -> Bool {
            text.lastIndex(of: "=").map { Double(text[text.index(after: $0)...]) != nil } ?? false
        }

        /// A target without a weight has weight 1.
        static func weights(_ texts: [String]) throws(Failure) -> [String: Double] {
            var weights: [String: Double] = [:]
            for text in texts {
                var name = text
                var weight = 1.0
                if let equals = text.lastIndex(of: "="),
                    let given = Double(text[text.index(after: equals)...])
                {
                    name = String(text[..<equals])
                    weight = given
                }
                guard weights.updateValue(weight, forKey: name) == nil else {
                    throw .usage("--target gives \(name) twice.")
                }
            }
            return weights
        }
    }
}
