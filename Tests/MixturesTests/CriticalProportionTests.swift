import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

struct CriticalProportionTests {
    private struct GoldenCritical: Decodable {
        var c: Double
        var k: Double
        var baseLoss: Double
        var proportions: [Double]
        var losses: [Double]
        var criticalProportion: Double
    }

    @Test(.needsPublicData(Golden.file))
    func `Noiseless runs give the planted critical proportion`() throws {
        let golden = try Golden.entry("criticalProportion", as: GoldenCritical.self)
        let found = try CriticalProportion.fit(
            proportions: golden.proportions,
            losses: golden.losses,
            baseLoss: golden.baseLoss
        )
        #expect(abs(found.level - golden.c) < 1e-5 && abs(found.slope - golden.k) < 1e-4)
        let critical = try #require(found.critical)
        #expect(abs(critical.value - golden.criticalProportion) < 1e-6)
        #expect(critical.high - critical.low < 1e-5)
    }

    private let shares = [0.1, 0.2, 0.3, 0.45, 0.6]
    private func loss(_ share: Double) -> Double { 2.75 + exp(-4 * share - 1.6) }

    @Test func `Nine of ten intervals hold the truth, and noise spreads estimates as published`()
        throws
    {
        var random = SplitMix64(seed: 4)
        var (held, values) = (0, [Double]())
        for _ in 0..<200 {
            let noisy = shares.map { loss($0) + 0.001 * random.normal() }
            let found = try CriticalProportion.fit(
                proportions: shares,
                losses: noisy,
                baseLoss: 2.85
            )
            guard let critical = found.critical else { continue }
            values.append(critical.value)
            if critical.low <= 0.1756463, critical.high >= 0.1756463 { held += 1 }
        }
        #expect((170...195).contains(held))
        values.sort()
        #expect(abs(Quantiles.value(values, 0.025) - 0.173) < 0.002)
        #expect(abs(Quantiles.value(values, 0.975) - 0.179) < 0.002)
        // Between the two runs nearest the base loss by a line: the naive reading is off.
        let line = 0.1 + 0.1 * (loss(0.1) - 2.85) / (loss(0.1) - loss(0.2))
        #expect(abs(line - 0.1756463) > 0.003)
    }

    @Test func `A curve that never meets the base model's loss has no critical proportion`() throws
    {
        let found = try CriticalProportion.fit(
            proportions: shares,
            losses: shares.map(loss),
            baseLoss: 2.7
        )
        #expect(found.critical == nil && !found.notes.isEmpty)
        for bad in [Double.nan, .infinity, -1, 1e308] {
            #expect(throws: MixtureError.self) {
                _ = try CriticalProportion.fit(
                    proportions: shares,
                    losses: [bad] + shares.dropFirst().map(loss),
                    baseLoss: 2.85
                )
            }
        }
        #expect(throws: MixtureError.self) {
            _ = try CriticalProportion.fit(
                proportions: [0.1, 0.1, 0.2, 0.2],
                losses: [3, 3, 2, 2],
                baseLoss: 2.5
            )
        }
    }
}
