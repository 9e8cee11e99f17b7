import ArgumentParser
import Client
import Runs

/// Sends the two tables of a swarm as one import; the server joins and checks them.
struct ImportMixturesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mixtures",
        abstract: "Loads mixtures and results of a swarm from two tables, or from one wide table.",
        discussion: """
            Rows are joined by the column --join, never by position. Domains and metrics keep the
            names of their columns. What is odd about the files is told by name (sumOffOne, rounded,
            …). A second import of the same files changes nothing.
            """
    )

    @OptionGroup var options: ServerOptions

    @Argument(help: "The table of mixtures: a share of a domain in each column of numbers.")
    var mixtures: String

    @Argument(help: "The table of results; without it the first one holds them too.")
    var metrics: String?

    @Option(help: "Project to load into; made if there is none of that name.")
    var project: String

    @Option(help: "The column that both tables have, such as index or run.")
    var join: String?

    @Option(help: "regmix, olmix, joint-mixtures or mixture-accuracies.")
    var preset: String?

    @Option(help: "ROLE=EXPRESSION over the columns of both tables; repeat for more roles.")
    var map: [String] = []

    @Option(help: "Column that names the runs.")
    var name: String?

    @Option(help: "Kept with the runs, and part of their names where the files have none.")
    var label: String?

    @Option(help: "Which parameters parameterCount counts: total, nonEmbedding or active.")
    var parameterConvention: String?

    func run() async throws {
        try await reporting { () throws(Failure) in
            var query = [(name: "project", value: project), (name: "format", value: "mixtures")]
            for text in map {
                let role = try RoleAssignment(text)
                query.append(("map", "\(role.role.rawValue)=\(role.expression)"))
            }
            let optional = [
                ("join", join), ("preset", preset), ("name", name), ("label", label),
                ("parameterConvention", parameterConvention),
            ]
            for (name, value) in optional { if let value { query.append((name, value)) } }
            var bytes = try ImportFile.bytes(of: mixtures)
            if let metrics {
                query.append(("mixturesBytes", String(bytes.count)))
                bytes += try ImportFile.bytes(of: metrics)
                try ImportFile.check(bytes.count, "Both files together")
            }
            let upload = ImportUpload(options: options, project: project)
            try await upload.run(query: query, body: .bytes(bytes), title: mixtures)
        }
    }
}

/// What a text log of a swarm leaves out; read with `--format mixture-log`.
struct MixtureLogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Domains of a mixture-log, in the order of the shares in its paths.",
            valueName: "a,b,…"
        )
    )
    var domains: String?

    @Option(help: "Parameters of a size named in a mixture-log, such as 70M=18915328; repeat.")
    var size: [String] = []

    @Option(help: "Tokens of one step of a mixture-log.")
    var tokensPerStep: Quantity?

    var query: [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if let domains { query.append(("domains", domains)) }
        query += size.map { ("size", $0) }
        if let tokensPerStep { query.append(("tokensPerStep", tokensPerStep.text)) }
        return query
    }
}
