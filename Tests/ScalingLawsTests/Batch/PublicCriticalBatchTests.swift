import Foundation
import Importers
import Runs
import ScalingLaws
import TestSupport
import Testing

/// The public table of arXiv 2410.21676 against independently computed numbers.
@Suite(.needsPublicData("cbs/steps_to_target.csv"))
struct PublicCriticalBatchTests {
    static func read(column: String? = nil) throws -> [Observation] {
        let path = try #require(PublicData.path("cbs/steps_to_target.csv"))
        let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
        var options = ImportOptions(preset: "critical-batch")
        if let column { options.map = [.stepCount: try Expression(parsing: column)] }
        let outcome = try CSVImporter.read(bytes, options: options, progress: { _ in })
        #expect(outcome.rejected.isEmpty)
        return outcome.runs.enumerated().map { index, run in
            var values: [Role: Double] = [:]
            for role in [Role.parameterCount, .targetLoss, .batchTokens, .stepCount] {
                values[role] = run.params[role.rawValue].flatMap(Double.init)
            }
            return Observation(runID: PlantedSweep.id(index), runName: run.name, values: values)
        }
    }

    /// S_min in steps, E_min in sequences, both critical batches in sequences of 512.
    private static let table:
        [(size: Double, steps: Double, tokens: Double, ratio: Double, cbs: Double)] =
            [
                (85e6, 1_294, 2.83e6, 2_191, 745),
                (151e6, 1_752, 5.68e6, 3_240, 955),
                (302e6, 2_095, 1.14e7, 5_433, 1_394),
                (604e6, 2_460, 1.94e7, 7_907, 1_889),
                (1.2e9, 3_897, 4.34e7, 11_131, 2_533),
            ]

    @Test func `least steps, least tokens and both critical batches are the published table's`()
        throws
    {
        let fit = try PlantedBatches.fit(Self.read())
        #expect(fit.groups.count == 5)
        for (row, group) in zip(Self.table, fit.groups) {
            #expect(group.parameters == row.size)
            #expect(group.minimumSteps.value.rounded() == row.steps)
            #expect(abs(group.minimumTokens.value / 512 / row.tokens - 1) < 0.005)
            #expect((group.criticalBatchTokens.value / 512).rounded() == row.ratio)
            #expect(abs(group.overheadBatchTokens.value / 512 - row.cbs) < 1)
            #expect(group.points.count == 9)
        }
    }

    @Test func `the exponent is a property of the definition: 0.619 by ratio, 0.468 by overhead`()
        throws
    {
        let fit = try PlantedBatches.fit(Self.read(), draws: 1_000)
        let ratio = try #require(fit.powerLaw(.ratio, over: .parameters))
        let overhead = try #require(fit.powerLaw(.overhead, over: .parameters))
        let steep = try #require(ratio.exponent)
        let flat = try #require(overhead.exponent)
        #expect(isClose(steep.value, 0.619, within: 0.0005))
        #expect(isClose(flat.value, 0.468, within: 0.0005))
        // Independent resampling of the same residuals: [0.560, 0.674] and [0.421, 0.512].
        #expect(isClose(steep.low, 0.560, within: 0.015))
        #expect(isClose(steep.high, 0.674, within: 0.015))
        #expect(isClose(flat.low, 0.421, within: 0.015))
        #expect(isClose(flat.high, 0.512, within: 0.015))
        // The paper prints 93.20·(N/1e6)^0.468 sequences of 512 tokens.
        let atOneMillion = try #require(overhead.batch(at: 1e6)).value / 512
        #expect(isClose(atOneMillion / 93.20, 1, within: 0.001))
        let steepAtOneMillion = try #require(ratio.batch(at: 1e6)).value / 512
        #expect(isClose(steepAtOneMillion / 146, 1, within: 0.005))
        // A power law predicts the largest model far better than the next smaller one does.
        let error = try #require(ratio.heldOutErrorPercent)
        #expect(try error < 0.6 * #require(ratio.baselineErrorPercent))
    }

    @Test func `steps at the largest batch, left out, are nearer than a straight line's`() throws {
        let score = try #require(try PlantedBatches.fit(Self.read()).heldOutBatch)
        #expect(score.errorPercent < score.lineErrorPercent)
        #expect(score.runs == 5)
    }

    @Test func `the steps as first logged move the exponents to 0.610 and 0.463`() throws {
        let fit = try PlantedBatches.fit(Self.read(column: "steps_to_target_logged"))
        let ratio = try #require(fit.powerLaw(.ratio, over: .parameters)?.exponent)
        let overhead = try #require(fit.powerLaw(.overhead, over: .parameters)?.exponent)
        #expect(isClose(ratio.value, 0.610, within: 0.0006))
        #expect(isClose(overhead.value, 0.463, within: 0.0005))
    }

    @Test func `definition and anchor are kept with every fit`() throws {
        let fit = try PlantedBatches.fit(Self.read())
        let overhead = try #require(fit.definitions.first { $0.kind == .overhead })
        #expect(overhead.overheadPercent == 20)
        #expect(overhead.anchorBatchTokens == 131_072.0)
        #expect(fit.definitions.contains { $0.kind == .ratio && $0.anchorBatchTokens == nil })
        let data = try JSONEncoder().encode(fit)
        #expect(try JSONDecoder().decode(CriticalBatchFit.self, from: data) == fit)
    }
}
