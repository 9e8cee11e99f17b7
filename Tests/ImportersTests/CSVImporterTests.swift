import Importers
import Runs
import Testing

@Suite struct CSVImporterTests {
    private static let map = [
        "parameterCount": "N", "tokenCount": "D", "peakLearningRate": "lr", "batchTokens": "bs*10",
        "loss": "\"final loss\"",
    ]

    @Test func `rows become runs with roles beside the untouched columns`() throws {
        let outcome = try readCSV(
            """
            name,N,D,lr,bs,final loss,note
            a,100,4e3,1e-3,20,2.50,"said ""hi"", left"
            b,100,4000,0.002,20,2.4,
            """,
            map: Self.map,
            nameColumn: "name"
        )
        let run = try #require(outcome.runs.first)
        #expect(outcome.runs.count == 2)
        #expect(run.name == "a")
        #expect(run.line == 2)
        #expect(run.params["D"] == "4e3")
        #expect(run.params["tokenCount"] == "4000")
        #expect(run.params["batchTokens"] == "200")
        #expect(run.params["final loss"] == "2.50")
        #expect(run.params["note"] == "said \"hi\", left")
        #expect(run.params["loss"] == nil)
        #expect(run.series["loss"]?.values == [2.5])
        #expect(run.series["loss"]?.steps == [20])
        #expect(outcome.runs[1].params["note"] == nil)
    }

    @Test(arguments: [",", ";", "\t"], ["\n", "\r\n", "\r"])
    func `separators and line ends are recognised`(separator: String, end: String) throws {
        let text = ["\u{FEFF}x,loss", "\"1\",2", "", "3,\"4\"", ""]
            .map { $0.replacing(",", with: separator) }.joined(separator: end)
        let outcome = try readCSV(text)
        #expect(outcome.runs.map { $0.params["x"] } == ["1", "3"])
        #expect(outcome.runs.map { $0.line } == [2, 4])
        #expect(outcome.runs[1].series["loss"]?.values == [4])
    }

    @Test func `a quoted field may hold line ends`() throws {
        let outcome = try readCSV("a,b\n\"one\ntwo\",3\n4,5\n")
        #expect(outcome.runs[0].params["a"] == "one\ntwo")
        #expect(outcome.runs[1].line == 4)
    }

    @Test func `bad rows are listed with line and reason and the rest is imported`() throws {
        let outcome = try readCSV(
            """
            name,N,D,lr,bs,final loss
            ok,100,4000,0.001,20,2.5
            word,100,4000,fast,20,2.5
            none,100,4000,None,20,2.5
            empty,100,,0.001,20,2.5
            negative,-100,4000,0.001,20,2.5
            zero,100,4000,0,20,2.5
            huge,1e400,4000,0.001,20,2.5
            short,100,4000
            ok,100,4000,0.001,40,2.5
            ,100,4000,0.001,20,2.5
            noloss,100,4000,0.001,20,
            """,
            map: Self.map,
            nameColumn: "name"
        )
        #expect(outcome.runs.map { $0.name } == ["ok"])
        #expect(outcome.rejected.map { $0.line } == Array(3...12))
        let columns = outcome.rejected.map { $0.column ?? "-" }
        #expect(
            columns == ["lr", "lr", "D", "N", "lr", "N", "-", "name", "name", "final loss"]
        )
        #expect(outcome.rejected[0].reason == "peakLearningRate: \"fast\" is not a number")
        #expect(outcome.rejected[7].reason.contains("line 2"))
    }

    @Test func `runs that blew up are kept and marked`() throws {
        let outcome = try readCSV(
            """
            name,N,D,lr,bs,final loss
            best,100,4000,0.001,20,2
            edge,100,4000,0.002,20,3
            above,100,4000,0.004,20,3.01
            nan,100,4000,0.008,20,NaN
            inf,100,4000,0.016,20,inf
            other,200,4000,0.001,20,9
            """,
            map: Self.map,
            nameColumn: "name"
        )
        let marked = outcome.runs.filter { $0.tags["isoloss.diverged"] == "true" }
        #expect(marked.map { $0.name } == ["above", "nan", "inf"])
        #expect(outcome.diverged == 3)
        #expect(outcome.runs[3].series["loss"]?.values.first?.isNaN == true)
        #expect(outcome.runs[4].series["loss"]?.values == [.infinity])
    }

    @Test func `identities repeat in a second read and differ by label`() throws {
        let text = "N,lr,loss\n1,2,3\n1,3,3\n"
        let map = ["parameterCount": "N", "peakLearningRate": "lr"]
        let first = try readCSV(text, map: map).runs.map { $0.identity }
        #expect(try readCSV(text, map: map).runs.map { $0.identity } == first)
        #expect(Set(first).count == 2)
        let labelled = try readCSV(text, map: map, label: "test").runs.map { $0.identity }
        #expect(Set(labelled).isDisjoint(with: first))
    }

    @Test func `equal rows without a name column are one run`() throws {
        let outcome = try readCSV("a,loss\n1,2\n1,2\n")
        #expect(outcome.runs.count == 1)
        #expect(outcome.rejected.first?.reason.contains("line 2") == true)
    }

    @Test func `a filter leaves rows out before they can be rejected`() throws {
        let outcome = try readCSV(
            "N,lr,kind\n1,0.1,a\n2,bad,b\n3,0.3,a\n",
            map: ["peakLearningRate": "lr"],
            filter: "kind = a and peakLearningRate > 0.2"
        )
        #expect(outcome.runs.map { $0.params["N"] } == ["3"])
        #expect(outcome.filtered == 2)
        #expect(outcome.rejected.isEmpty)
    }

    @Test func `an unknown column names the known ones`() {
        let error = #expect(throws: ImportError.self) {
            try readCSV("a,b\n1,2\n", map: ["loss": "c*2"])
        }
        #expect(error == .unknownColumn("c", usedIn: "loss=c*2", known: ["a", "b"]))
        #expect(throws: ImportError.self) { try readCSV("a\n1\n", nameColumn: "name") }
        #expect(throws: ImportError.self) { try readCSV("a\n1\n", filter: "b > 1") }
        let presets = ImportPreset.all.map(\.name)
        #expect(throws: ImportError.unknownPreset("steplaw", known: presets)) {
            try readCSV("a\n1\n", preset: "steplaw")
        }
    }

    @Test(arguments: ["", "\n\n", "a,b", "a,b\n", "\u{FEFF}"])
    func `a file without rows is refused`(text: String) {
        #expect(throws: ImportError.empty) { try readCSV(text) }
    }

    @Test(arguments: [
        "a,a\n1,2\n", "a\n\"never closed\n1\n", "a\n\"x\"y\n", "a\u{0}b\n1\n", "\"a\nb\"\n1\n",
    ])
    func `a broken file is refused whole`(text: String) {
        let error = #expect(throws: ImportError.self) { try readCSV(text) }
        #expect(error?.message.isEmpty == false)
    }

    @Test func `bytes that are not UTF-8 are refused with their line`() {
        let bytes = Array("a,b\n1,2\n3,".utf8) + [0xFF, 0xFE] + Array("\n".utf8)
        #expect(throws: ImportError.notUTF8(line: 3)) {
            try CSVImporter.read(bytes, options: ImportOptions(), progress: { _ in })
        }
    }

    @Test func `values that contradict each other are reported`() throws {
        let outcome = try readCSV(
            "N,D,lr,bs,ti,loss\n1,1000,0.1,10,100,2\n2,1000,0.1,10,50,2\n",
            map: ["tokenCount": "D", "batchTokens": "bs", "stepCount": "ti"]
        )
        #expect(outcome.notes.count == 1)
        #expect(outcome.notes.first?.contains("line 3") == true)
        #expect(outcome.runs[1].series["loss"]?.steps == [50])
    }

    @Test func `a column named like a role keeps its own value`() throws {
        let outcome = try readCSV("batchTokens,loss\n8,2\n", map: ["batchTokens": "batchTokens*4"])
        #expect(outcome.runs[0].params["batchTokens"] == "32")
        #expect(outcome.runs[0].params["column.batchTokens"] == "8")
    }

    @Test func `every prefix of a file is read or refused, never more`() throws {
        let text = "name,N,loss\n\"a \"\"b\"\"\",1,2\r\nc,\"2\",3\n"
        let bytes = Array(text.utf8)
        for count in 0...bytes.count {
            let outcome = try? CSVImporter.read(
                Array(bytes[..<count]),
                options: ImportOptions(nameColumn: count > 4 ? "name" : nil),
                progress: { _ in }
            )
            #expect((outcome?.runs.count ?? 0) <= 2)
        }
    }

    @Test func `a value beyond the limit rejects its row`() throws {
        let text = "a,b\n1,\(String(repeating: "x", count: 6_001))\n2,y\n"
        let outcome = try readCSV(text)
        #expect(outcome.runs.count == 1)
        #expect(outcome.rejected.first?.column == "b")
    }
}

/// Reads a table given as text.
func readCSV(
    _ text: String,
    map: [String: String] = [:],
    nameColumn: String? = nil,
    label: String? = nil,
    filter: String? = nil,
    preset: String? = nil
) throws -> ImportOutcome {
    var expressions: [Role: Expression] = [:]
    for (role, text) in map {
        expressions[try #require(Role(rawValue: role))] = try Expression(parsing: text)
    }
    let options = ImportOptions(
        map: expressions,
        nameColumn: nameColumn,
        label: label,
        where: try filter.map { try RunFilter(parsing: $0) },
        preset: preset
    )
    return try CSVImporter.read(Array(text.utf8), options: options, progress: { _ in })
}
