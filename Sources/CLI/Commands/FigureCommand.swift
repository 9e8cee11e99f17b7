import API
import ArgumentParser
import Client
import Foundation
import Runs

struct FigureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figure",
        abstract: "Says what a figure shows, and saves it; without a kind lists the kinds.",
        discussion: """
            A file that ends in .csv gets the numbers as a table, any other the figure as
            plotly.io.from_json reads it.
              isoloss figure lr-batch-surface --project P --set parameters=1.1B --set tokens=100B
              isoloss figure stop-value --project P --output stop-value.json
            """
    )

    @OptionGroup var options: ServerOptions

    @Argument(help: "Kind of the figure.")
    var kind: String?

    @Option(help: "Name or id of the project.")
    var project: String?

    @Option(help: "NAME=VALUE: a parameter of the figure, law or fit; may be given again.")
    var set: [String] = []

    @Option(help: "File to write the figure to.")
    var output: String?

    func validate() throws {
        guard kind != nil || (project == nil && set.isEmpty && output == nil) else {
            throw ValidationError("Name the kind of the figure; without anything they are listed.")
        }
    }

    func run() async throws {
        guard let kind else { return try await list() }
        try await reporting { () throws(Failure) in
            let client = try options.client()
            let query = try query
            let isTable = output?.lowercased().hasSuffix(".csv") == true
            let bytes = try await calling { () throws(ClientError) in
                try await client.figure(kind, query: query + (isTable ? [("format", "csv")] : []))
            }
            if let output { try write(bytes, to: output) }
            if options.json { return isTable ? () : Output.answer(bytes) }
            guard !isTable else { return }
            Output.answer(try summary(bytes))
        }
    }

    private func list() async throws {
        try await options.answer { client throws(ClientError) in
            try await client.figures()
        } text: { list in
            var table = Table([("kind", .left), ("parameters", .left), ("shows", .left)])
            for figure in list.figures {
                table.add([figure.kind, figure.parameters.joined(separator: " "), figure.title])
            }
            return table.text
        }
    }

    private var query: [(name: String, value: String)] {
        get throws(Failure) {
            var query: [(name: String, value: String)] = []
            if let project { query.append(("project", project)) }
            for item in set {
                guard let equals = item.firstIndex(of: "="), equals > item.startIndex else {
                    throw .usage("--set has \(item.prefix(80)); expected NAME=VALUE.")
                }
                let text = String(item[item.index(after: equals)...])
                let number = NumberText.number(text[...], suffixes: true)
                query.append((String(item[..<equals]), number.map { "\($0)" } ?? text))
            }
            return query
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .data("\(path) cannot be written: \(error.localizedDescription)")
        }
        Output.message("\(path) written.")
    }

    private func summary(_ bytes: [UInt8]) throws(Failure) -> String {
        do {
            return try WireJSON.decoder().decode(FigureReply.self, from: Data(bytes))
                .layout.meta.summary
        } catch {
            throw .data("The figure has no summary: \(error)")
        }
    }
}
