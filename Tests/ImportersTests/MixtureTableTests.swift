import Foundation
import Importers
import Runs
import TestSupport
import Testing

@Suite struct MixtureTableImportTests {
    private func read(
        _ mixtures: String,
        _ metrics: String? = nil,
        _ options: ImportOptions = ImportOptions()
    ) throws(ImportError) -> ImportOutcome {
        var options = options
        if metrics != nil { options.mixtures.mixtureBytes = mixtures.utf8.count }
        let bytes = Array((mixtures + (metrics ?? "")).utf8)
        return try MixtureTableImporter.read(bytes, options: options, progress: { _ in })
    }

    @Test func `rows are joined by key, whatever their order`() throws {
        let outcome = try read(
            "index,code,prose\n1,0.25,0.75\n2,0.5,0.5\n3,1,0\n",
            "index,metric/code_loss\n3,1.5\n1.0,3.5\n2,2.5\n"
        )
        #expect(outcome.runs.map(\.name) == ["run 1", "run 2", "run 3"])
        #expect(
            outcome.runs.map { $0.series["metric/code_loss"]?.values } == [[3.5], [2.5], [1.5]]
        )
        #expect(outcome.runs[0].params["mixture/code"] == "0.25")
        #expect(outcome.rejected.isEmpty && outcome.notes.isEmpty)
    }

    @Test func `files that number from 0 and from 1 are refused`() {
        let error = #expect(throws: ImportError.self) {
            try read("index,a,b\n0,1,0\n1,0,1\n", "index,loss\n1,3\n2,4\n")
        }
        #expect(error?.message.contains("numbers from 0") == true)
    }

    @Test func `rows that only one file has are told`() throws {
        let outcome = try read("run,a,b\nx,1,0\ny,0,1\n", "run,loss\ny,3\nz,4\nw,5\n")
        #expect(outcome.runs.map(\.name) == ["run y"])
        #expect(outcome.rejected.map(\.line) == [2])
        #expect(
            outcome.notes.contains { $0.hasPrefix("unmatchedRow:") && $0.contains("2 (run w, z)") }
        )
    }

    @Test func `a key that repeats counts once`() throws {
        let outcome = try read("run,a,b\nx,1,0\nx,0,1\n", "run,loss\nx,3\nx,4\n")
        #expect(outcome.runs.map { $0.series["loss"]?.values } == [[3]])
        #expect(outcome.rejected.count == 2)
    }

    @Test func `shares that mean nothing reject their row`() throws {
        let outcome = try read(
            "run,a,b\n1,-0.5,1.5\n2,nan,1\n3,0.2,0.2\n4,1e308,1e308\n5,0.5,half\n6,0.5,0.5\n",
            "run,loss\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n"
        )
        #expect(outcome.runs.map(\.name) == ["run 6"])
        #expect(outcome.rejected.map(\.line) == [2, 3, 4, 5, 6])
    }

    @Test func `unnamed and text columns are told, empty results are missing`() throws {
        let outcome = try read(
            ",run,name,a,b\n0,x,first,0.3,0.7\n1,y,second,0.7,0.3\n",
            ",run,name,task:rc::x,note\n0,x,first,2.5,good\n1,y,second,,bad\n"
        )
        #expect(outcome.runs.map(\.name) == ["first", "second"])
        #expect(outcome.runs.map { $0.series["task:rc::x"]?.values } == [[2.5], nil])
        #expect(outcome.runs[0].params["note"] == "good")
        #expect(outcome.runs[0].params["run"] == "x")
        let kinds = outcome.notes.compactMap { $0.split(separator: ":").first.map(String.init) }
        #expect(kinds == ["unnamedColumn", "unnamedColumn", "textColumn", "missingValue"])
    }

    @Test func `two files that number from 1 keep their runs apart`() throws {
        let first = try read("index,a,b\n1,1,0\n", "index,loss\n1,3\n")
        let second = try read("index,a,b\n1,0,1\n", "index,loss\n1,4\n")
        let again = try read("index,a,b\n1,1,0\n", "index,loss\n1,3\n")
        #expect(first.runs[0].identity != second.runs[0].identity)
        #expect(first.runs[0].identity == again.runs[0].identity)
    }

    @Test(arguments: [
        ("", "run,loss\n1,2\n"), ("run,a\n", "run,loss\n"), ("run,a\n1,1\n", "id,loss\n1,3\n"),
        ("run,a\n1,1\n", "run,loss\n2,3\n"), ("run,a,a\n1,1,0\n", "run,loss\n1,3\n"),
        ("run,a\n1,x\n", "run,loss\n1,3\n"), ("run\n1\n", "run,loss\n1,3\n"),
    ])
    func `tables that cannot be joined are refused with a reason`(
        mixtures: String,
        metrics: String
    ) {
        #expect(throws: ImportError.self) { try read(mixtures, metrics) }
    }

    @Test(arguments: [-1, 0, 9_999])
    func `a first table that ends nowhere is refused`(count: Int) {
        let options = ImportOptions(mixtures: MixtureImportOptions(mixtureBytes: count))
        #expect(throws: ImportError.self) {
            try MixtureTableImporter.read(Array("a\n".utf8), options: options, progress: { _ in })
        }
    }

    @Test func `one table of checkpoints is read by its columns' names`() throws {
        let table = """
            weight_code,weight_prose,model_size,n_tokens,code_loss,prose_loss
            0.5,0.5,1e8,1e9,3.5,3.25
            0.5,0.5,1e8,2e9,3.25,3
            0.5,0.5,1e8,2.001e9,3.25,3
            0.499,0.5,1e9,2e9,,2.5
            """
        let outcome = try read(table, nil, ImportOptions(preset: "joint-mixtures"))
        #expect(outcome.runs.count == 3)
        #expect(outcome.runs[1].params["mixture/code"] == "0.5")
        #expect(outcome.runs[1].params["tokenCount"] == "2000000000")
        #expect(outcome.runs[1].series["code_loss"]?.values == [3.25])
        #expect(outcome.runs[2].series["code_loss"] == nil)
        let kinds = Set(
            outcome.notes.compactMap { $0.split(separator: ":").first.map(String.init) }
        )
        #expect(kinds == ["repeatedRow", "missingValue", "rounded"])
    }

    @Test func `accuracies are marked as better when greater`() throws {
        let table = "model,ratio_a,ratio_b,metric_x,train_time\n60M,0.5,0.5,0.31,7\n"
        let outcome = try read(table, nil, ImportOptions(preset: "mixture-accuracies"))
        #expect(outcome.runs.first?.tags["isoloss.metricDirection"] == "higher")
        #expect(outcome.runs.first?.series.keys.sorted() == ["metric_x"])
        #expect(outcome.runs.first?.params["model"] == "60M")
        #expect(outcome.runs.first?.params["train_time"] == "7")
    }
}

@Suite(.needsPublicData("regmix/train_mixture_1m.csv"))
struct PublicMixtureTableTests {
    private func read(_ first: String, _ second: String, _ preset: String) throws -> ImportOutcome {
        let one = [UInt8](try Data(contentsOf: URL(filePath: try #require(PublicData.path(first)))))
        let two = [UInt8](
            try Data(contentsOf: URL(filePath: try #require(PublicData.path(second))))
        )
        var options = ImportOptions(preset: preset)
        options.mixtures.mixtureBytes = one.count
        return try MixtureTableImporter.read(one + two, options: options, progress: { _ in })
    }

    @Test func `RegMix's tables give 512 runs of 17 domains and 13 losses`() throws {
        let outcome = try read(
            "regmix/train_mixture_1m.csv",
            "regmix/train_pile_loss_1m.csv",
            "regmix"
        )
        #expect(outcome.runs.count == 512 && outcome.rejected.isEmpty && outcome.diverged == 0)
        let run = outcome.runs[0]
        #expect(run.params["mixture/train_the_pile_pile_cc"] == "0.787")
        #expect(run.params.keys.filter { $0.hasPrefix("mixture/") }.count == 17)
        #expect(run.series.count == 13)
        #expect(run.series["metric/the_pile_arxiv_val_loss"]?.values == [7.0255866050720215])
        #expect(outcome.notes.contains { $0.hasPrefix("sumOffOne: 47 of 512 runs") })
        #expect(
            outcome.notes.contains { $0.hasPrefix("rounded:") && $0.contains("0.996 to 1.003") }
        )
    }

    @Test func `Olmix's tables give 127 runs of 24 domains and 110 metrics`() throws {
        let outcome = try read(
            "olmix_dclm/dclm_ratios.csv",
            "olmix_dclm/dclm_metrics.csv",
            "olmix"
        )
        #expect(outcome.runs.count == 127 && outcome.rejected.isEmpty)
        #expect(outcome.runs.allSatisfy { $0.series.count == 110 })
        let shares = outcome.runs[0].params.filter { $0.key.hasPrefix("mixture/") }
        #expect(shares.count == 24 && shares["mixture/entertainment"] == "0.2")
        #expect(outcome.runs[0].series["arc_challenge:rc::olmes"]?.count == 1)
        #expect(outcome.runs[0].name == "dclm-datadelve-5xC-30m-62e7dc06-0000")
        #expect(!outcome.notes.contains { $0.hasPrefix("sumOffOne") || $0.hasPrefix("rounded") })
        #expect(outcome.notes.contains { $0.hasPrefix("unnamedColumn") })
    }
}
