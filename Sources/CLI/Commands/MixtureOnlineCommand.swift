import API
import ArgumentParser
import Client

extension MixtureCommand {
    struct Online: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Moves the mixture of a running job by a published rule, or replays one.",
            discussion: """
                A job sends the losses of its domains and samples its next step by the answer:
                  isoloss mixture online create doremi --project P --domains web,code
                  isoloss mixture online observe ID --step 100 \\
                    --losses web=2.9,code=1.7 --reference-losses web=2.8,code=1.9
                What a rule would have chosen in a run that logged val_loss/<domain>:
                  isoloss mixture online replay doremi --domains web,code --run RUN \\
                    --reference-metric 'reference_loss/*'
                'rules' lists the rules with their settings and what they read.
                """,
            subcommands: [Rules.self, Create.self, Observe.self, ShowOne.self, Replay.self]
        )

        struct Rules: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Lists the rules, their settings, and what they read."
            )

            @OptionGroup var options: ServerOptions

            func run() async throws {
                try await options.answer { client throws(ClientError) in
                    try await client.onlineRules()
                } text: {
                    OnlineMixtureText.text($0)
                }
            }
        }

        struct Create: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Begins a rule and prints its id and first weights."
            )

            @OptionGroup var options: ServerOptions
            @OptionGroup var rule: OnlineRuleOptions

            @Option(help: "Name or id of the project.")
            var project: String

            @Option(help: "Id of the run whose series are to hold the weights of each step.")
            var run: String?

            func run() async throws {
                try await reporting { () throws(Failure) in
                    var members = try rule.members()
                    members["project"] = .string(project)
                    if let run { members["run"] = .string(run) }
                    let client = try options.client()
                    let answer = try await calling { [members] () throws(ClientError) in
                        try await client.createOnlineMixture(.object(members))
                    }
                    if options.json { return Output.answer(answer.body) }
                    Output.answer(OnlineMixtureText.text(answer.value))
                }
            }
        }

        struct Observe: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Sends what a step measured and prints the weights of the next one.",
                discussion: "The same observation again changes nothing, so a job may send it until"
                    + " it has an answer. Products of gradients, for doge, come from --file."
            )

            @OptionGroup var options: ServerOptions

            @Argument(help: "Id of the online mixture.")
            var id: String

            @Option(help: "Step of the job.")
            var step: Int?

            @Option(help: "Mean losses in nats per token, as web=2.9,code=1.7; may be repeated.")
            var losses: [String] = []

            @Option(help: "The same of the reference model on the same tokens.")
            var referenceLosses: [String] = []

            @Option(help: "Mean of what a token loses above the reference model.")
            var excessLosses: [String] = []

            @Option(help: "The domain the batch was drawn from, where it holds one.")
            var sampled: String?

            @Option(help: "JSON file of the observation; - reads standard input. Flags win.")
            var file: String?

            func validate() throws {
                guard step != nil || file != nil else {
                    throw ValidationError("Give --step, or --file with an observation.")
                }
            }

            func run() async throws {
                try await reporting { () throws(Failure) in
                    let body = AnyJSON.object(try members())
                    let client = try options.client()
                    let answer = try await calling { () throws(ClientError) in
                        try await client.observeOnlineMixture(id, body)
                    }
                    if options.json { return Output.answer(answer.body) }
                    Output.answer(OnlineMixtureText.text(answer.value))
                }
            }

            private func members() throws(Failure) -> [String: AnyJSON] {
                var members =
                    try file.map { path throws(Failure) in
                        try MixtureFile.members(path)
                    } ?? [:]
                if let step { members["step"] = .number(Double(step)) }
                for (name, flag, texts) in [
                    ("losses", "--losses", losses),
                    ("referenceLosses", "--reference-losses", referenceLosses),
                    ("excessLosses", "--excess-losses", excessLosses),
                ] where !texts.isEmpty {
                    members[name] = try NamedNumbers.json(texts, flag: flag)
                }
                if let sampled { members["sampledDomain"] = .string(sampled) }
                return members
            }
        }
    }
}
