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
            try await options.answer { client throws(ClientError) in
                try await client.fits(of: project, law: law)
            } text: { list in
                Self.table(list.fits)
            }
        }

        private static func table(_ fits: [FitMessage]) -> String {
            var table = Table([
                ("asked for", .left), ("law", .left), ("state", .left), ("runs", .right),
                ("newer runs", .right), ("left-out error", .right), ("naive", .right),
                ("id", .left),
            ])
            for fit in fits { table.add(row(fit)) }
            return table.text
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
            try await options.answer { client throws(ClientError) in
                try await client.fit(id)
            } text: { fit in
                let state = fit.state
                if let error = state.error {
                    return "Fit \(state.id) of \(state.law) failed: \(error.message)"
                }
                return state.status == .finished
                    ? FitSummary.text(fit)
                    : "Fit \(state.id) of \(state.law) is \(state.status.rawValue)."
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
            try await options.answer { client throws(ClientError) in
                try await client.diff(of: id, since: other)
            } text: { diff in
                FitDiffText.text(diff)
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
            try await options.answer { client throws(ClientError) in
                try await client.cancelFit(id)
            } text: { fit in
                "Fit \(fit.id) is \(fit.status.rawValue)."
            }
        }
    }
}

extension Int? {
    /// A dash for what nobody knows.
    fileprivate var text: String { map { String($0) } ?? "–" }
}
