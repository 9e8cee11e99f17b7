import Foundation
import Runs
import ScalingLaws
import Testing

/// Tokens to a loss read between the ends of annealed runs, for sweeps of batch, rate and length.
@Suite struct EndStepsTests {
    private static let critical = 4e5

    /// Ends at L = 2 + 900·d^-0.4 over d = D / (1 + B/B_crit), the tokens that the smallest batch
    /// would need; ln LR off the best by `off` costs 2 % of a square.
    private func run(
        _ number: Int,
        batch: Double,
        tokens: Double,
        off: Double = 0,
        noise: Double = 0,
        unit: Double = 1
    ) -> Observation {
        var random = SplitMix64(seed: UInt64(number + 1))
        let fresh = tokens / (1 + batch / Self.critical)
        let loss = (2 + 900 * pow(fresh, -0.4)) * (1 + 0.02 * off * off)
        return Observation(
            runID: PlantedSweep.id(number),
            runName: "run \(number)",
            values: [
                .parameterCount: 1e8, .batchTokens: batch * unit, .tokenCount: tokens * unit,
                .peakLearningRate: 1e-3 * exp(off), .loss: loss * exp(noise * random.normal()),
            ]
        )
    }

    private func sweep(noise: Double = 0, unit: Double = 1) -> [Observation] {
        var runs: [Observation] = []
        for batch in (0..<6).map({ 5e4 * pow(2, Double($0)) }) {
            for tokens in [1e9, 2e9, 4e9, 8e9] {
                for off in [-0.7, 0, 0.7] {
                    runs.append(
                        run(
                            runs.count,
                            batch: batch,
                            tokens: tokens,
                            off: off,
                            noise: noise,
                            unit: unit
                        )
                    )
                }
            }
        }
        return runs
    }

    @Test(arguments: [(0.0, 0.03), (0.0005, 0.25)])
    func `ends of different length give the planted critical batch at every target`(
        noise: Double,
        tolerance: Double
    ) throws {
        let fit = try PlantedBatches.fit(sweep(noise: noise), draws: 100)
        #expect(fit.groups.count >= 2)
        for group in fit.groups {
            #expect(group.source == "ends")
            let found = group.criticalBatchTokens.value / Self.critical
            #expect(isClose(found, 1, within: tolerance), "\(found)")
        }
        #expect(fit.diagnostics.warnings.contains { $0.contains("different length") })
        #expect(fit.leftOut.contains { $0.reason.contains("ended lower") })
    }

    @Test func `the unit of a token does not matter`() throws {
        let fit = try PlantedBatches.fit(sweep(), draws: 20)
        let scaled = try PlantedBatches.fit(sweep(unit: 1000), draws: 20)
        for (own, other) in zip(fit.groups, scaled.groups) {
            let ratio = other.criticalBatchTokens.value / own.criticalBatchTokens.value
            #expect(isClose(ratio / 1000, 1, within: 1e-6))
        }
    }

    /// Taking the batch of the lowest end at a length, the naive answer, misses by far.
    @Test func `the batch of the lowest loss is no critical batch`() throws {
        let longest = sweep().filter { $0.tokenCount == 8e9 }
        let best = try #require(longest.min { $0.lossNats < $1.lossNats })
        #expect(best.batchTokens < Self.critical / 4)
    }

    @Test func `one length, or two batches, say nothing`() throws {
        for runs in [
            sweep().filter { $0.tokenCount == 8e9 }, sweep().filter { $0.batchTokens < 1.5e5 },
        ] {
            #expect(throws: FitError.self) { try PlantedBatches.fit(runs, draws: 20) }
        }
    }

    @Test func `hostile ends are set aside`() throws {
        var runs = sweep()
        let count = runs.count
        for (index, value) in [Double.nan, .infinity, -1, 0, 1e308].enumerated() {
            var bad = run(200 + index, batch: 1e5, tokens: 4e9)
            bad[.loss] = value
            var short = run(300 + index, batch: 1e5, tokens: 4e9)
            short[.tokenCount] = value
            runs += [bad, short]
        }
        let fit = try PlantedBatches.fit(runs, draws: 20)
        #expect(runs.count == count + 10)
        for group in fit.groups {
            #expect(isClose(group.criticalBatchTokens.value / Self.critical, 1, within: 0.03))
        }
    }
}
