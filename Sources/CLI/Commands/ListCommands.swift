import API
import ArgumentParser
import Client
import Runs

struct ProjectsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projects",
        abstract: "Lists the projects."
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await options.answer { client throws(ClientError) in
            try await client.projects()
        } text: { list in
            var table = Table([
                ("project", .left), ("runs", .right), ("running", .right), ("best loss", .right),
                ("laws", .left), ("last activity", .left),
            ])
            for project in list.projects {
                table.add([
                    project.name, String(project.runCount), String(project.runningCount),
                    project.bestLoss.map(NumberFormat.loss) ?? "–",
                    project.laws.map { $0.law }.joined(separator: ", "),
                    NumberFormat.time(project.lastActivity),
                ])
            }
            return table.text
        }
    }
}

struct LawsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "laws",
        abstract: "Lists the laws that can be fitted."
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await options.answer { client throws(ClientError) in
            try await client.laws()
        } text: { list in
            list.laws.map { law in
                """
                \(law.id)  \(law.title)
                    \(law.equation)
                    needs \(law.inputs.joined(separator: ", "))
                    \(law.citation)
                """
            }
            .joined(separator: "\n")
        }
    }
}

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Lists the runs of a project."
    )

    @OptionGroup var options: ServerOptions

    @Option(help: "Name or id of the project.")
    var project: String

    @Option(name: .customLong("where"), help: "Only runs that pass, for example 'loss < 2.5'.")
    var filter: String?

    @Option(help: "name, roles.loss, metrics.NAME or params.NAME; a leading - reverses.")
    var sort: String?

    @Option(help: "How many runs, at most \(Limits.runPageCount).")
    var limit = 50

    @Option(help: "The member next of the answer before.")
    var after: String?

    @Flag(help: "Every run that passes, as a CSV table.")
    var csv = false

    @Flag(help: "Every run that passes, as JSON lines.")
    var jsonl = false

    @Option(help: "Columns of the table: name,params.lr,metrics.loss.min,roles.loss …")
    var fields: String?

    func validate() throws {
        guard [csv, jsonl, options.json].count(where: { $0 }) <= 1 else {
            throw ValidationError("Only one of --csv, --jsonl and --json can be.")
        }
        guard (1...Limits.runPageCount).contains(limit) else {
            throw ValidationError("--limit must be 1 to \(Limits.runPageCount).")
        }
    }

    func run() async throws {
        try await reporting { () throws(Failure) in
            let client = try options.client()
            if csv || jsonl { return try await export(client) }
            let answer = try await calling { () throws(ClientError) in
                try await client.runs(
                    of: project,
                    filter: filter,
                    sort: sort,
                    limit: limit,
                    after: after
                )
            }
            if options.json { return Output.answer(answer.body) }
            Output.answer(Self.table(answer.value.runs))
            if let next = answer.value.next { Output.message("More runs: --after \(next)") }
        }
    }

    private func export(_ client: Client) async throws(Failure) {
        let bytes = try await calling { () throws(ClientError) in
            try await client.exportRuns(
                of: project,
                format: csv ? "csv" : "jsonl",
                filter: filter,
                sort: sort,
                fields: fields?.split(separator: ",").map(String.init) ?? []
            )
        }
        if !bytes.isEmpty { Output.answer(bytes) }
    }

    static func table(_ runs: [RunMessage]) -> String {
        var table = Table([
            ("run", .left), ("state", .left), ("N", .right), ("D", .right), ("rate", .right),
            ("batch", .right), ("loss", .right), ("started", .left), ("id", .left),
        ])
        for run in runs {
            func shown(_ role: Role, _ format: (Double) -> String) -> String {
                run.roles[role].map(format) ?? "–"
            }
            table.add([
                run.name, run.state.rawValue, shown(.parameterCount, NumberFormat.count),
                shown(.tokenCount, NumberFormat.count), shown(.peakLearningRate, NumberFormat.rate),
                shown(.batchTokens, NumberFormat.count), shown(.loss, NumberFormat.loss),
                NumberFormat.time(run.startTime), run.id.hex,
            ])
        }
        return table.text
    }
}
