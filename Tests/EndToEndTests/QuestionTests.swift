import Foundation
import TestSupport
import Testing

/// Every row of docs/questions.md, asked of the real server by the real command line and by HTTP.
@Suite(.serialized, .timeLimit(.minutes(10))) struct QuestionTests {
    /// One row of the table.
    private struct Row {
        var question: String
        var command: [String]
        var call: String
        /// nil where no law answers.
        var law: String?
    }

    /// The first table of the page.
    private static func rows() throws -> [Row] {
        let text = try String(contentsOfFile: Products.root + "/docs/questions.md", encoding: .utf8)
        let table = try #require(text.components(separatedBy: "## Which law is meant").first)
        return table.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
            .map { line in
                let cells = line.split(separator: "|").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                let law = cells.count > 3 ? cells[3].replacing("`", with: "") : ""
                return Row(
                    question: cells[0],
                    command: words(cells.count > 1 ? quoted(cells[1]) : ""),
                    call: cells.count > 2 ? quoted(cells[2]) : "",
                    law: law == "–" ? nil : law
                )
            }
    }

    private static func quoted(_ cell: String) -> String {
        cell.split(separator: "`", omittingEmptySubsequences: false).dropFirst().first
            .map(String.init) ?? ""
    }

    /// As a shell splits them, with single quotes.
    private static func words(_ command: String) -> [String] {
        command.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .flatMap { place, part in
                place.isMultiple(of: 2)
                    ? part.split(separator: " ").map(String.init) : [String(part)]
            }
    }

    /// The project that is planted for a row.
    private static func planted(_ row: Row) -> String? {
        if row.command.first == "forecast" { return "forecast" }
        return row.law
    }

    private static func plant(_ law: String, _ client: CommandLineClient) async throws {
        let lines = try #require(PlantedProjects.lines(of: law), "no runs are planted for \(law)")
        let file = NSTemporaryDirectory() + "isoloss-\(UUID().uuidString).jsonl"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let answer = try await client.answer(["import", file, "--project", law])
        #expect(answer["inserted"] as? Int == lines.count, "\(law): \(answer)")
    }

    private static func call(
        _ server: ServerProcess,
        _ path: String
    ) async throws -> [String: Any] {
        let result = try await ChildProcess.run(
            "/usr/bin/curl",
            ["--silent", "--show-error", "--noproxy", "*", server.url + "/api/v1/" + path]
        )
        let value = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        return try #require(value as? [String: Any], "\(path): \(result.output.prefix(300))")
    }

    @Test func `every row of the page is answered by its command and by its call`() async throws {
        let rows = try Self.rows()
        #expect(rows.count > 30)
        try await ServerProcess.with { server in
            let client = CommandLineClient(server: server.url)
            for law in Set(rows.compactMap(Self.planted)).sorted() {
                try await Self.plant(law, client)
            }
            for row in rows { try await Self.expect(row, server, client) }
        }
    }

    private static func expect(
        _ row: Row,
        _ server: ServerProcess,
        _ client: CommandLineClient
    ) async throws {
        let project = planted(row)
        let command = row.command.flatMap { $0 == "P" ? ["--project", project ?? ""] : [$0] }
        let answer = try await client.answer(command)
        #expect(!answer.isEmpty, "\(row.question)")
        if let law = answer["law"] as? String { #expect(law == row.law, "\(row.question)") }
        switch row.command.first {
        case "recommend": expectNumbers(answer, row.question)
        case "next-runs", "first-runs":
            #expect((answer["runs"] as? [Any])?.isEmpty == false, "\(row.question)")
        case "forecast":
            let jobs = answer["jobs"] as? [[String: Any]] ?? []
            #expect(jobs.contains { $0["forecast"] is [String: Any] }, "\(row.question)")
        case "transfer":
            for member in ["rows", "global"] {
                #expect((answer[member] as? [Any])?.isEmpty == false, "\(row.question)")
            }
        case "fit": #expect(answer["status"] as? String == "finished", "\(answer)")
        default: Issue.record("No such command: \(row.command)")
        }
        guard row.call.hasPrefix("GET ") else {
            #expect(["POST transfer", "POST fits"].contains(row.call), "\(row.call)")
            return
        }
        let path = String(row.call.dropFirst(4)).replacing("?P", with: "?project=\(project ?? "")")
        let called = try await call(server, path)
        #expect(
            NSDictionary(dictionary: called) == NSDictionary(dictionary: answer),
            "\(row.question): the call and the command differ"
        )
    }

    /// A rate and a batch, or a law's quantities with their numbers.
    private static func expectNumbers(_ answer: [String: Any], _ question: String) {
        if let rate = answer["peakLearningRate"] as? [String: Any] {
            #expect(rate["value"] is Double, "\(question)")
            return
        }
        let quantities = answer["quantities"] as? [[String: Any]] ?? []
        #expect(!quantities.isEmpty, "\(question): \(answer)")
        for quantity in quantities {
            #expect(quantity["value"] is Double, "\(question): \(quantity)")
        }
        #expect((answer["provenance"] as? [String: Any])?["dataHash"] is String, "\(question)")
    }
}
