import API
import ArgumentParser
import Client
import Foundation
import Runs

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Loads runs from a file; `import mixtures` from a swarm's two tables.",
        subcommands: [ImportFileCommand.self, ImportMixturesCommand.self],
        defaultSubcommand: ImportFileCommand.self
    )
}

struct ImportFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file",
        abstract: "Loads runs from a table (CSV) or a log (JSON lines), plain or gzipped.",
        discussion: """
            Every column is kept as a param; --map says what columns mean:
              --map 'batchTokens=bs*2048' --map 'loss="smooth loss"'
            A second import of the same file changes nothing; a failed one leaves nothing.
            """
    )

    @OptionGroup var options: ServerOptions

    @Argument(help: "The file; - reads standard input.")
    var file: String

    @Option(help: "Project to load into; made if there is none of that name.")
    var project: String

    @Option(help: "csv, jsonl or mixture-log; otherwise the file's name says.")
    var format: String?

    @Option(help: "ROLE=EXPRESSION over the columns; repeat for more roles.")
    var map: [String] = []

    @Option(help: "Ready mapping for a well-known table: step-law, critical-batch.")
    var preset: String?

    @Option(help: "Column that names the runs.")
    var name: String?

    @Option(help: "Tells apart files whose names or numbers repeat each other's.")
    var label: String?

    @Option(name: .customLong("where"), help: "Load only rows that pass, for example 'N >= 100M'.")
    var filter: String?

    @Option(help: "Which parameters parameterCount counts: total, nonEmbedding or active.")
    var parameterConvention: String?

    @OptionGroup var log: MixtureLogOptions

    func run() async throws {
        try await reporting { () throws(Failure) in
            let upload = ImportUpload(options: options, project: project)
            try await upload.run(query: query(), body: try ImportFile.body(of: file), title: file)
        }
    }

    private func query() throws(Failure) -> [(name: String, value: String)] {
        var query = [(name: "project", value: project)]
        let format = if let format { format } else { try ImportFile.format(of: file) }
        query.append(("format", format))
        var seen: Set<Role> = []
        for text in map {
            let assignment = try RoleAssignment(text)
            guard seen.insert(assignment.role).inserted else {
                throw .usage("--map gives \(assignment.role.rawValue) twice.")
            }
            query.append(("map", "\(assignment.role.rawValue)=\(assignment.expression)"))
        }
        if let filter {
            do {
                _ = try RunFilter(parsing: filter)
            } catch {
                throw .usage("--where: \(error.message)")
            }
        }
        let convention = parameterConvention
        if let convention, !ParameterConvention.known.contains(convention) {
            throw .usage(
                "--parameter-convention must be one of "
                    + ParameterConvention.known.joined(separator: ", ") + "; it was \(convention)."
            )
        }
        let optional = [
            ("preset", preset), ("name", name), ("label", label), ("where", filter),
            ("parameterConvention", convention),
        ]
        for (name, value) in optional { if let value { query.append((name, value)) } }
        return query + log.query
    }
}
