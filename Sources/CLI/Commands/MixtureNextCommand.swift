import API
import ArgumentParser
import Client

extension MixtureCommand {
    struct Next: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Chooses the mixtures worth a run next, from what the runs so far say.",
            discussion: """
                  isoloss mixture next --project P --target METRIC --count 4 --format yaml
                A JSON file says more than the flags: bounds by domain, groups, candidates, model
                sizes with their costs.
                """
        )

        enum Method: String, ExpressibleByArgument, CaseIterable {
            case effectiveData = "effective-data"
            case expectedImprovement = "expected-improvement"
            case lowerBound = "lower-bound"
            case random
        }

        @OptionGroup var options: ServerOptions

        @Option(help: "Name or id of the project.")
        var project: String

        @Option(help: "The metric to make small, or a pattern with *.")
        var target: String

        @Option(help: "Runs wanted at once.")
        var count = 4

        @Option(help: "How they are chosen.")
        var method = Method.effectiveData

        @Option(help: "Greatest L1 distance to the nearest run.")
        var trustRadius: Double?

        @Option(help: "Seed of all random draws.")
        var seed: UInt64 = 1

        @Option(help: "JSON file with members of the request; its members win over the flags.")
        var file: String?

        @OptionGroup var output: MixtureOutput

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let bytes = try await calling { [body = try body()] () throws(ClientError) in
                    try await client.nextMixtures(body, format: output.wireFormat(options))
                }
                try output.write(bytes, options)
            }
        }

        private func body() throws(Failure) -> AnyJSON {
            var members: [String: AnyJSON] = [
                "count": .number(Double(count)), "method": .string(method.rawValue),
                "seed": .number(Double(seed)),
            ]
            if let trustRadius { members["trustRadius"] = .number(trustRadius) }
            if let file { members.merge(try MixtureFile.members(file)) { $1 } }
            members["project"] = .string(project)
            members["target"] = .string(target)
            return .object(members)
        }
    }
}
