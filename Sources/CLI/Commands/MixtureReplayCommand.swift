import API
import ArgumentParser
import Client
import Foundation

extension MixtureCommand.Online {
    struct ShowOne: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows where one rule stands, or all of a project."
        )

        @OptionGroup var options: ServerOptions

        @Argument(help: "Id of the online mixture.")
        var id: String?

        @Option(help: "Name or id of the project whose rules are listed.")
        var project: String?

        func validate() throws {
            guard (id == nil) != (project == nil) else {
                throw ValidationError("Give the id of one online mixture, or --project for all.")
            }
        }

        func run() async throws {
            if let id {
                return try await options.answer { client throws(ClientError) in
                    try await client.onlineMixture(id)
                } text: {
                    OnlineMixtureText.text($0)
                }
            }
            try await options.answer { client throws(ClientError) in
                try await client.onlineMixtures(of: project ?? "")
            } text: {
                OnlineMixtureText.text($0)
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what a rule would have chosen from losses that were logged.",
            discussion: """
                The losses stay those of the logged run: a replay says where a rule points, not
                what it would have gained. A file is {"observations": [{"step": 1, "losses":
                {"web": 2.9}}]}.
                """
        )

        @OptionGroup var options: ServerOptions
        @OptionGroup var rule: OnlineRuleOptions

        @Option(help: "Id of a run that logged a loss of each domain.")
        var run: String?

        @Option(help: "Its metrics, * standing for the domain; val_loss/* when absent.")
        var lossMetric: String?

        @Option(help: "The same of a reference model's losses, for doremi.")
        var referenceMetric: String?

        @Option(help: "JSON file with observations in place of a run; - reads standard input.")
        var file: String?

        func validate() throws {
            guard (run == nil) != (file == nil) else {
                throw ValidationError("Give --run, or --file with observations.")
            }
        }

        func run() async throws {
            try await reporting { () throws(Failure) in
                var members = try rule.members()
                if let file { members.merge(try MixtureFile.members(file)) { $1 } }
                for (name, text) in [
                    ("run", run), ("lossMetric", lossMetric), ("referenceMetric", referenceMetric),
                ] {
                    if let text { members[name] = .string(text) }
                }
                let client = try options.client()
                let answer = try await calling { [members] () throws(ClientError) in
                    try await client.replayOnlineMixture(.object(members))
                }
                if options.json { return Output.answer(answer.body) }
                Output.answer(OnlineMixtureText.text(answer.value))
            }
        }
    }
}

/// A rule with its domains and settings.
struct OnlineRuleOptions: ParsableArguments {
    @Argument(help: "Id of the rule; 'isoloss mixture online rules' lists them.")
    var rule: String

    @Option(help: "Names of the domains, with commas between.")
    var domains: String

    @Option(help: "First shares, as web=0.6,code=0.4; equal when absent.")
    var start: [String] = []

    @Option(help: "Settings of the rule, as eta=0.5; may be repeated.")
    var setting: [String] = []

    @Option(help: "For skill-it: JSON file of what a token of each domain does for each other.")
    var graph: String?

    func members() throws(Failure) -> [String: AnyJSON] {
        let names = domains.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        var members: [String: AnyJSON] = [
            "rule": .string(rule), "domains": .array(names.map { .string($0) }),
        ]
        if !start.isEmpty { members["start"] = try NamedNumbers.json(start, flag: "--start") }
        if !setting.isEmpty {
            members["settings"] = try NamedNumbers.json(setting, flag: "--setting")
        }
        if let graph { members["graph"] = .object(try MixtureFile.members(graph)) }
        return members
    }
}
