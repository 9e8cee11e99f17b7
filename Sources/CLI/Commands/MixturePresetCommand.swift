import API
import ArgumentParser
import Client
import Foundation

extension MixtureCommand {
    struct Preset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mixtures and budgets by published rules, from sizes or similarities alone.",
            discussion: """
                Unique tokens come from --tokens, from the runs of a project, or from a file:
                  isoloss mixture preset temperature --tokens web=5e12,code=400B --temperature 2
                  isoloss mixture preset unimax --project P --budget 2T --max-epochs 4
                  isoloss mixture preset auto-scale FILE.json
                FILE holds the members of the rule's input as JSON, for auto-scale
                  {"first": {"tokens": 3e8, "amounts": {"web": 0.6, "code": 0.4}},
                   "second": {"tokens": 1.2e9, "amounts": {"web": 0.7, "code": 0.3}}}
                and --budget then says for which tokens the mixture is.
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

        @Argument(help: "JSON file of its input; - reads standard input. Flags win.")
        var file: String?

        @Option(help: "Unique tokens by domain, as web=5e12,code=400B; may be repeated.")
        var tokens: [String] = []

        @Option(help: "Project whose runs say them, by params availableTokens/<domain>.")
        var project: String?

        @Option(help: "Tokens of the training (unimax, auto-scale), or tasks to take.")
        var budget: Quantity?

        @Option(help: "Most passes over a domain's tokens (unimax); 4 when absent.")
        var maxEpochs: Double?

        @Option(help: "Temperature: 1 keeps the shares of the tokens, more evens them out.")
        var temperature: Double?

        func validate() throws {
            guard tokens.isEmpty || project == nil else {
                throw ValidationError("Give --tokens or --project, not both.")
            }
            guard file != nil || !tokens.isEmpty || project != nil else {
                throw ValidationError(
                    "\(rule.rawValue) needs FILE"
                        + (rule == .temperature || rule == .unimax
                            ? ", --tokens or --project." : " with its input as JSON.")
                )
            }
        }

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let body = AnyJSON.object(try await members(client))
                let answer = try await calling { () throws(ClientError) in
                    try await client.mixturePreset(rule.rawValue, body)
                }
                guard !options.json, let text = MixtureText.preset(answer.value) else {
                    return Output.answer(answer.body)
                }
                Output.answer(text)
            }
        }

        private func members(_ client: Client) async throws(Failure) -> [String: AnyJSON] {
            var members: [String: AnyJSON] = [:]
            if let file { members = try MixtureFile.members(file) }
            if !tokens.isEmpty {
                members["tokens"] = try NamedNumbers.json(tokens, flag: "--tokens")
            }
            if let project { members["tokens"] = try await Self.tokens(of: project, client) }
            if let temperature { members["temperature"] = .number(temperature) }
            if rule == .unimax {
                members["maxEpochs"] =
                    maxEpochs.map { .number($0) } ?? members["maxEpochs"]
                    ?? .number(4)
            }
            guard let budget else { return members }
            if rule == .autoScale {
                members["place"] = .number(try Self.place(budget.value, members))
            } else {
                members["budget"] = .number(budget.value)
            }
            return members
        }

        private static func tokens(
            of project: String,
            _ client: Client
        ) async throws(Failure) -> AnyJSON {
            let swarm = try await calling { () throws(ClientError) in
                try await client.swarm(of: project)
            }
            let silent = swarm.value.domains.filter { $0.availableTokens == nil }.map(\.name)
            guard silent.isEmpty, !swarm.value.domains.isEmpty else {
                let names = silent.isEmpty ? "any domain" : silent.joined(separator: ", ")
                throw .data(
                    "No run of \(project) says the unique tokens of \(names).",
                    hint: "Log a param availableTokens/<domain>, or give --tokens."
                )
            }
            return .object(
                Dictionary(
                    swarm.value.domains.map { ($0.name, .number($0.availableTokens ?? 0)) },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        }

        /// Where a budget lies between the two of the file: 0 the first, 1 the second, in ln.
        private static func place(
            _ budget: Double,
            _ members: [String: AnyJSON]
        ) throws(Failure) -> Double {
            let ends = ["first", "second"].compactMap { name -> Double? in
                guard case .object(let anchor) = members[name],
                    case .number(let tokens) = anchor["tokens"], tokens > 0
                else { return nil }
                return tokens
            }
            guard ends.count == 2, ends[0] != ends[1] else {
                throw .data("FILE needs first and second with two different numbers of tokens.")
            }
            return log(budget / ends[0]) / log(ends[1] / ends[0])
        }
    }
}
