import API
import ArgumentParser
import Client
import Foundation
import Runs

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
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

    @Option(help: "csv or jsonl; otherwise the file's name says.")
    var format: String?

    @Option(help: "ROLE=EXPRESSION over the columns; repeat for more roles.")
    var map: [String] = []

    @Option(help: "Ready mapping for a well-known table: step-law.")
    var preset: String?

    @Option(help: "Column that names the runs.")
    var name: String?

    @Option(help: "Tells apart files whose names or numbers repeat each other's.")
    var label: String?

    @Option(name: .customLong("where"), help: "Load only rows that pass, for example 'N >= 100M'.")
    var filter: String?

    @Option(help: "Which parameters parameterCount counts: total, nonEmbedding or active.")
    var parameterConvention: String?

    func run() async throws {
        try await reporting { () throws(Failure) in
            let client = try options.client()
            let query = try self.query()
            let body = try ImportFile.body(of: file)
            let answer = try await load(client, query, body)
            if options.json { Output.answer(answer.body) }
            ImportSummary.tell(answer.value, project: project, isJSON: options.json)
            if let error = answer.value.error {
                // What the server found wrong once it read the file is the file's fault.
                guard error.code == .invalid else { throw .client(.refused(error)) }
                throw .data(error.message, hint: error.hint)
            }
            let state = answer.value
            guard state.inserted + state.unchanged > 0 || state.rejectedCount == 0 else {
                throw .data("All \(state.rejectedCount) rows were rejected; nothing was loaded.")
            }
        }
    }

    private func load(
        _ client: Client,
        _ query: [(name: String, value: String)],
        _ body: WireRequest.Body
    ) async throws(Failure) -> Answer<ImportMessage> {
        let size = ImportFile.byteCount(body)
        let upload = ProgressLine("Sending \(file)")
        var answer = try await calling { () throws(ClientError) in
            try await client.startImport(query: query, body: body) { sent in
                upload.show(size > 0 ? Double(sent) / Double(size) : nil)
            }
        }
        upload.end()
        let progress = ProgressLine("Importing")
        defer { progress.end() }
        var delay = 0.05
        while answer.value.status == .queued || answer.value.status == .running {
            progress.show(answer.value.progress)
            await client.wait(seconds: delay)
            delay = min(1, delay * 1.5)
            let id = answer.value.id
            answer = try await calling { () throws(ClientError) in try await client.importState(id)
            }
        }
        return answer
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
        return query
    }
}
