import Importers
import Runs
import Testing

@Suite struct MixtureLogTests {
    private func read(
        _ lines: [String],
        domains: [String] = ["web", "books", "code"]
    ) throws(ImportError) -> ImportOutcome {
        let options = ImportOptions(
            mixtures: MixtureImportOptions(
                domains: domains,
                parameterCounts: ["70M": 18_915_328],
                tokensPerStep: 4096 * 256
            )
        )
        let bytes = Array(lines.joined(separator: "\n").utf8)
        return try MixtureLogImporter.read(bytes, options: options, progress: { _ in })
    }

    private func line(_ path: String, _ subdomain: String, _ loss: String) -> String {
        "\(path)\tval/x.valid.\(subdomain).bin\t\(loss)"
    }

    @Test func `lines of one folder are one run with a series a subdomain`() throws {
        let folder = "runs/70M_demo_3-0.5-0.25-0.25"
        let outcome = try read([
            line(folder + "/2000", "Books", "3.0") + "\r", line(folder + "/1000", "Books", "3.5"),
            line(folder + "/1000", "Books", "3.5"), "", line(folder + "/2000", "Code", "2.5"), "  ",
        ])
        let run = try #require(outcome.runs.first)
        #expect(outcome.runs.count == 1 && outcome.rejected.isEmpty)
        #expect(run.params["mixture/web"] == "0.5" && run.params["mixture/code"] == "0.25")
        #expect(run.params["parameterCount"] == "18915328" && run.params["size"] == "70M")
        #expect(run.params["tokenCount"] == "2097152000")
        #expect(run.series["val_loss/Books"]?.steps == [1000, 2000])
        #expect(run.series["val_loss/Books"]?.values == [3.5, 3.0])
        #expect(run.series["val_loss/Code"]?.values == [2.5])
    }

    @Test func `the same place with another value is a conflict, not the last word`() throws {
        let path = "70M_demo_1-1-0-0/1000"
        let outcome = try read([line(path, "Books", "3.5"), line(path, "Books", "3.25")])
        #expect(outcome.runs.first?.series["val_loss/Books"]?.values == [3.5])
        #expect(outcome.rejected.map(\.line) == [2])
    }

    @Test func `a checkpoint called last never stands at step 0`() throws {
        let outcome = try read([
            line("70M_demo_1-1-0-0/last", "Books", "3.5"),
            line("70M_demo_2-0-1-0/4000", "Books", "3.25"),
        ])
        #expect(outcome.runs[0].series["val_loss/Books"]?.steps == [4000])
        #expect(outcome.notes.contains { $0.hasPrefix("unknownStep") && $0.contains("4000") })
        let alone = try read([line("1-1-0-0/last", "Books", "3.5")])
        #expect(alone.runs[0].series["val_loss/Books"]?.steps == [1])
        #expect(alone.runs[0].params["tokenCount"] == nil)
    }

    @Test func `a path without shares is a baseline`() throws {
        let outcome = try read([
            line("models/base", "Books", "3.5"), line("7-0.5-0.5-0/10", "Books", "3.25"),
        ])
        #expect(outcome.runs[0].tags["isoloss.baseline"] == "true")
        #expect(outcome.runs[0].params.keys.allSatisfy { !$0.hasPrefix("mixture/") })
        #expect(outcome.runs[1].tags["isoloss.baseline"] == nil)
        #expect(outcome.runs[1].params["size"] == nil)
    }

    @Test func `shares of few digits and with exponents are read, their sums told`() throws {
        let outcome = try read([
            line("70M_a_1-0.33-0.33-0.33/10", "Books", "3"),
            line("70M_a_2-1-1e-05-0/10", "Books", "3"),
        ])
        #expect(outcome.runs[1].params["mixture/books"] == "1e-05")
        #expect(outcome.notes.contains { $0.hasPrefix("sumOffOne: 1 of 2 runs") })
    }

    @Test func `what cannot be read is rejected by line or counted`() throws {
        let outcome = try read([
            "only a path", line("a-1-0-0/1", "Books", "low"), "a-1-0-0/1\tval/other.txt\t3",
            line("a-1-0/1", "Books", "3"), line("a-1-0-0/1", "Books", "3"),
            line("a-5-5-5/1", "Books", "3"),
        ])
        #expect(outcome.runs.count == 1)
        #expect(outcome.rejected.map(\.line).sorted() == [1, 2, 4, 6])
        #expect(
            outcome.notes.contains { $0.hasPrefix("unmatchedLine:") && $0.contains("1 (line 3)") }
        )
    }

    @Test func `runs that lack subdomains are told`() throws {
        let outcome = try read([
            line("a-1-0-0/1", "Books", "3"), line("a-1-0-0/1", "Code", "3"),
            line("b-0-1-0/1", "Books", "3"),
        ])
        #expect(outcome.notes.contains { $0.hasPrefix("missingValue: 1 of 2 runs") })
    }

    @Test func `domains must be named and the text must be UTF-8`() {
        #expect(throws: ImportError.self) { try read(["a-1/1\tx.valid.a.bin\t3"], domains: []) }
        #expect(throws: ImportError.self) { try read([]) }
        #expect(throws: ImportError.notUTF8(line: 2)) {
            try MixtureLogImporter.read(
                [0x61, 0x0A, 0xFF],
                options: ImportOptions(
                    mixtures: MixtureImportOptions(domains: ["a"])
                ),
                progress: { _ in }
            )
        }
    }
}
