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

/// What the fit keeps on worlds whose truth is known.
@Suite struct ChinchillaWorldTests {
    private static func fit(_ runs: [Observation], draws: Int = 60) throws -> NonlinearFit {
        var options = FitOptions()
        options.drawCount = draws
        return try Chinchilla.fit(FitRequest(observations: runs, options: options))
    }

    @Test func `badly tuned runs of a sweep do not bend the law`() throws {
        let best = PlantedLaw.runs(Chinchilla.self)
        var sweep: [Observation] = []
        for (index, run) in best.enumerated() {
            for (step, excess) in [0, 0.01, 0.03, 0.2].enumerated() {
                var one = run
                one.runID = PlantedSweep.id(index * 4 + step)
                one.peakLearningRate = 1e-3 * pow(2, Double(step))
                one.batchTokens = 65_536
                one.lossNats *= 1 + excess
                sweep.append(one)
            }
        }
        let fit = try Self.fit(sweep)
        #expect(fit.residuals.count == best.count)
        #expect(fit.leftOutCount == 3 * best.count)
        let truth = Chinchilla.parameters(PlantedLaw.theta(Chinchilla.self))
        for (found, truth) in zip(fit.parameters, truth) {
            #expect(abs(found.value / truth - 1) < 0.02, "\(found.symbol)")
        }
    }

    @Test func `other units of size and tokens change the constants alone`() throws {
        let runs = PlantedLaw.runs(Chinchilla.self, noise: 0.003)
        let scaled = runs.map { run in
            var run = run
            run.parameterCount *= 1e-9
            run.tokenCount *= 1e-9
            return run
        }
        let first = try Self.fit(runs)
        let second = try Self.fit(scaled)
        for symbol in ["E", "alpha", "beta"] {
            let one = try #require(first.summary.parameters[symbol])
            let other = try #require(second.summary.parameters[symbol])
            #expect(abs(one.value / other.value - 1) < 1e-4, "\(symbol)")
            #expect(abs(one.low / other.low - 1) < 3e-2, "\(symbol)")
        }
    }

    /// 90 % intervals of 120 worlds with noise of 0.3 %; chance alone moves 90 % by 2.7 %.
    @Test func `intervals cover the planted exponents about as often as they claim`() throws {
        let truth = Chinchilla.parameters(PlantedLaw.theta(Chinchilla.self))
        var covered = [Int](repeating: 0, count: truth.count)
        for world in 0..<120 {
            let runs = PlantedLaw.runs(Chinchilla.self, noise: 0.003, seed: UInt64(world + 1))
            let fit = try Self.fit(runs)
            for (place, parameter) in fit.parameters.enumerated()
            where (parameter.low...parameter.high).contains(truth[place]) {
                covered[place] += 1
            }
        }
        for count in covered { #expect((0.82...0.97).contains(Double(count) / 120), "\(covered)") }
    }

    @Test func `few and noisy runs never give a negative scale, and an open floor is told`() throws
    {
        let runs = PlantedLaw.runs(Chinchilla.self, noise: 0.004).filter {
            $0.parameterCount < 5e8 && $0.tokenCount < 2e10
        }
        let fit = try Self.fit(runs, draws: 200)
        for parameter in fit.parameters where parameter.symbol != "alpha" {
            #expect(parameter.low > 0 && parameter.low <= parameter.value, "\(parameter.symbol)")
        }
        let floor = try #require(fit.parameters.first { $0.symbol == "E" })
        let isTold = fit.diagnostics.warnings.contains { $0.contains("E is not identified") }
        #expect(isTold == (floor.high > 2 * floor.low))
    }

    @Test func `sizes and tokens that move together are refused`() {
        let runs = PlantedLaw.runs(Chinchilla.self).map { run in
            var run = run
            run.tokenCount = 20 * run.parameterCount
            return run
        }
        #expect(throws: FitError.confounded(first: "parameterCount", second: "tokenCount")) {
            try Self.fit(runs)
        }
    }
}
