import Foundation
import Importers
import Runs
import TestSupport
import Testing

private let table = "steplaw/dense_lr_bs_loss.csv"

/// The public table of 17 learning-rate and batch grids.
@Suite(.needsPublicData(table))
struct StepLawTableTests {
    @Test func `the preset reads every run and marks the 181 that blew up`() throws {
        let outcome = try read(ImportOptions(preset: "step-law"))
        #expect(outcome.runs.count == 1_911)
        #expect(outcome.rejected.isEmpty)
        #expect(outcome.diverged == 181)
        #expect(outcome.notes.isEmpty)
        let cells = Set(
            outcome.runs.map { [$0.params["parameterCount"], $0.params["tokenCount"]] }
        )
        #expect(cells.count == 17)
        #expect(outcome.runs[0].params["batchTokens"] == "1507328")
        #expect(outcome.runs[0].series["loss"]?.values == [2.3976109618296744])
        #expect(outcome.runs[0].series["loss"]?.steps == [66_342])
        #expect(outcome.runs[0].tags["isoloss.parameterConvention"] == "nonEmbedding")
    }

    @Test func `the documented mapping gives the same values as the preset`() throws {
        let map: [Role: String] = [
            .parameterCount: "N", .tokenCount: "D", .peakLearningRate: "lr",
            .batchTokens: "bs*2048", .loss: "\"smooth loss\"",
        ]
        let options = ImportOptions(map: try map.mapValues { try Expression(parsing: $0) })
        let mapped = try read(options)
        let preset = try read(ImportOptions(preset: "step-law"))
        #expect(mapped.runs.count == 1_911)
        #expect(mapped.diverged == 181)
        for (left, right) in zip(mapped.runs, preset.runs) {
            for role in [Role.parameterCount, .tokenCount, .peakLearningRate, .batchTokens] {
                #expect(left.params[role.rawValue] == right.params[role.rawValue])
            }
            #expect(left.series["loss"]?.values == right.series["loss"]?.values)
        }
    }

    private func read(_ options: ImportOptions) throws -> ImportOutcome {
        let path = try #require(PublicData.path(table))
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        return try CSVImporter.read(bytes, options: options, progress: { _ in })
    }
}
