import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

/// The public table, and the minimum of its objective as several independent optimisers find it.
@Suite(.needsPublicData(ChinchillaTable.file))
struct ChinchillaTests {
    private static let fit = Result {
        try Chinchilla.fit(FitRequest(observations: try ChinchillaTable.read()))
    }

    @Test func `the fit reaches the global minimum of its objective`() throws {
        let fit = try Self.fit.get()
        #expect(fit.objective <= 1.018_274_05e-3)
        let found = Dictionary(uniqueKeysWithValues: fit.parameters.map { ($0.symbol, $0.value) })
        #expect(abs(try #require(found["E"]) - 1.8172) < 5e-4)
        #expect(abs(try #require(found["alpha"]) - 0.3473) < 5e-4)
        #expect(abs(try #require(found["beta"]) - 0.3672) < 5e-4)
        #expect(fit.diagnostics.startsAtBest >= 2 && fit.diagnostics.isConverged)
    }

    /// Bootstrap of pairs: standard errors 0.0249, 0.0146 and 0.0204 of E, alpha and beta.
    @Test func `intervals are as wide as an independent bootstrap found them`() throws {
        let fit = try Self.fit.get()
        for (symbol, error) in [("E", 0.0249), ("alpha", 0.0146), ("beta", 0.0204)] {
            let found = try #require(fit.parameters.first { $0.symbol == symbol })
            let ratio = (found.high - found.low) / (2 * 1.645 * error)
            #expect((0.8...1.25).contains(ratio), "\(symbol): \(ratio)")
        }
        #expect(fit.diagnostics.draws >= 396)
    }

    @Test func `the constants first printed do worse than the refit`() throws {
        let fit = try Self.fit.get()
        let first = try #require(fit.presets.first { $0.id == "hoffmann" }?.score)
        let refit = try #require(fit.presets.first { $0.id == "epoch-refit" }?.score)
        #expect(first.meanAbsolutePercent > refit.meanAbsolutePercent)
        #expect(fit.residuals.count == 240)
    }

    @Test func `left-out larger budgets are predicted better than by naive rules`() throws {
        let fit = try Self.fit.get()
        #expect(fit.ladder.count >= 3)
        for rung in fit.ladder { #expect(rung.score.meanAbsolutePercent < 1.5) }
        let law = fit.ladder.reduce(0) { $0 + $1.score.meanAbsolutePercent }
        for rule in ["constant", "nearest-run", "last-three"] {
            let naive = fit.ladder.reduce(0) { sum, rung in
                let score = rung.baselines.first { $0.id == rule }?.score
                return sum + (score?.meanAbsolutePercent ?? .infinity)
            }
            #expect(law < naive, "\(rule): \(law) against \(naive)")
        }
    }
}
