import API
import ArgumentParser
import Client

struct FitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fits",
        abstract: "Lists, shows and cancels fits.",
        subcommands: [List.self, Show.self, Diff.self, Cancel.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists a project's fits.")

        @OptionGroup var options: ServerOptions

        @Option(help: "Name or id of the project.")
        var project: String

        @Option(help: "Only fits of this law.")
        var law: String?

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let answer = try await calling { () throws(ClientError) in
                    try await client.fits(of: project, law: law)
                }
                if options.json { return Output.answer(answer.body) }
                var table = Table([
                    ("asked for", .left), ("law", .left), ("state", .left), ("runs", .right),
                    ("newer runs", .right), ("left-out error", .right), ("naive", .right),
                    ("id", .left),
                ])
                for fit in answer.value.fits { table.add(Self.row(fit)) }
                Output.answer(table.text)
            }
        }

        private static func row(_ fit: FitMessage) -> [String] {
            let share = fit.progress.map { " \(NumberFormat.significant(100 * $0, 2)) %" } ?? ""
            let state = fit.status.rawValue + share + (fit.automatic == true ? " (refit)" : "")
            let shown: (Double?) -> String = { $0.map(NumberFormat.percent) ?? "–" }
            return [
                NumberFormat.time(fit.createdAt), fit.law, state, (fit.runs ?? fit.runCount).text,
                fit.staleRuns.text, shown(fit.diagnostics?.heldOutErrorPercent),
                shown(fit.diagnostics?.baselineErrorPercent), fit.id,
            ]
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one fit.")

        @OptionGroup var options: ServerOptions

        @Argument(help: "Id of the fit.")
        var id: String

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let answer = try await calling { () throws(ClientError) in
                    try await client.fit(id)
                }
                if options.json { return Output.answer(answer.body) }
                let state = answer.value.state
                if let error = state.error {
                    Output.answer("Fit \(state.id) of \(state.law) failed: \(error.message)")
                } else if state.status != .finished {
                    Output.answer("Fit \(state.id) of \(state.law) is \(state.status.rawValue).")
                } else {
                    Output.answer(FitSummary.text(answer.value))
                }
            }
        }
    }

    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what changed from one fit of a law to another."
        )

        @OptionGroup var options: ServerOptions

        @Argument(help: "Id of the later fit.")
        var id: String

        @Option(help: "Id of the earlier one; else the last one of its law before it.")
        var other: String?

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let answer = try await calling { () throws(ClientError) in
                    try await client.diff(of: id, since: other)
                }
                if options.json { return Output.answer(answer.body) }
                Output.answer(FitDiffText.text(answer.value))
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a fit that waits or is computed."
        )

        @OptionGroup var options: ServerOptions

        @Argument(help: "Id of the fit.")
        var id: String

        func run() async throws {
            try await reporting { () throws(Failure) in
                let client = try options.client()
                let answer = try await calling { () throws(ClientError) in
                    try await client.cancelFit(id)
                }
                if options.json { return Output.answer(answer.body) }
                Output.answer("Fit \(answer.value.id) is \(answer.value.status.rawValue).")
            }
        }
    }
}

extension Int? {
    /// A dash for what nobody knows.
    fileprivate var text: String { map { String($0) } ?? "–" }
}
