import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

/// Real runs of the public table, few of them: what a user with a small sweep gets.
@Suite(.needsPublicData("steplaw/dense_lr_bs_loss.csv"))
struct FewRunsTests {
    private static let table = Result { try CellTable(observations: PublicStepLawTests.read()) }

    /// Cells of the largest model are the test, all others are trained on.
    private static func isTest(_ cell: CellData, _ table: CellTable) -> Bool {
        cell.lnN >= (table.cells.map(\.lnN).max() ?? 0) - 0.01
    }

    /// Mean interpolated regret, in per cent, on the largest model's cells.
    private static func regret(_ fit: StepLawFit, _ table: CellTable) -> Double {
        let costs = table.cells.filter { isTest($0, table) }.map { cell in
            let point = fit.optimum(
                Target(parameterCount: cell.parameterCount, tokenCount: cell.tokenCount)
            )
            return RegretMesh(cell).cost(
                x: log(point.peakLearningRate),
                y: log(point.batchTokens)
            ).interpolated
        }
        return costs.reduce(0, +) / Double(costs.count)
    }

    @Test func `eight random runs a cell cost at most 0.16 % in the median and 0.32 % at worst`()
        throws
    {
        let table = try Self.table.get()
        let test = table.cells.filter { Self.isTest($0, table) }
        #expect(test.count == 2)
        var regrets: [Double] = []
        for seed in UInt64(0)..<30 {
            var random = SplitMix64(seed: 8_000 + seed)
            let few = table.cells.filter { !Self.isTest($0, table) }.flatMap { cell in
                cell.observations.shuffled(using: &random).prefix(8)
            }
            let fit = try StepLaw.fit(PlantedSweep.request(few))
            regrets.append(Self.regret(fit, table))
        }
        regrets.sort()
        #expect(regrets[15] <= 0.16, "\(regrets[15])")
        #expect(regrets[26] <= 0.32, "\(regrets[26])")
    }

    /// From six runs in each of the five smallest cells: sixteen more of the table's own runs,
    /// chosen by the plan or four random ones in each of four random cells.
    @Test func `chosen runs of the table lower the regret at the largest size faster`() throws {
        let table = try Self.table.get()
        var sums = (before: 0.0, planned: 0.0, random: 0.0)
        for seed in UInt64(1)...5 {
            let study = NextRunStudy(table: table, seed: seed)
            let outcome = try study.run()
            sums.before += outcome.before
            sums.planned += outcome.planned
            sums.random += outcome.random
        }
        print("next runs on the table", sums)
        #expect(sums.planned < sums.random)
        #expect(sums.planned < sums.before)
    }
}
