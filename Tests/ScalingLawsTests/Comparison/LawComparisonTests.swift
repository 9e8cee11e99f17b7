import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

/// The selector picks the law that made the runs, and a mean of laws only where it wins.
@Suite struct LawComparisonTests {
    private func options(_ draws: Int = 40) -> FitOptions {
        var options = FitOptions()
        options.drawCount = draws
        return options
    }

    private func fit<L: NonlinearLaw>(of law: L.Type, noise: Double) throws -> Stack.Fit {
        let runs = PlantedLaw.runs(law, noise: noise)
        return try Stack.fit(FitRequest(observations: runs, options: options()))
    }

    @Test func `runs of a law without a floor are given to that law`() throws {
        let fit = try fit(of: Kaplan.self, noise: 0.0005)
        #expect(fit.comparison.entries.first?.law == "kaplan" || fit.comparison.chosen == "stack")
        let kaplan = try #require(fit.comparison.entries.first { $0.law == "kaplan" }?.heldOut)
        let tied = fit.comparison.entries.first { $0.law == "chinchilla-tied" }?.heldOut
        #expect(kaplan.meanAbsolutePercent < (try #require(tied)).meanAbsolutePercent)
    }

    @Test func `the left-out runs are the largest and every score is on them`() throws {
        let fit = try fit(of: Chinchilla.self, noise: 0.003)
        let scores = fit.comparison.entries.compactMap(\.heldOut)
        #expect(scores.count >= 6)
        for score in scores { #expect(score.runs == fit.comparison.heldOutRuns) }
        let sum = fit.comparison.entries.reduce(0) { $0 + $1.weight }
        #expect(abs(sum - 1) < 1e-9)
        let naive = fit.comparison.baselines.compactMap(\.score?.meanAbsolutePercent).min()
        #expect(scores[0].meanAbsolutePercent < (try #require(naive)))
        for (better, worse) in zip(scores, scores.dropFirst()) {
            #expect(better.meanAbsolutePercent <= worse.meanAbsolutePercent)
        }
    }

    @Test func `forms that are one another are never weighted together`() throws {
        for noise in [0.001, 0.004, 0.01] {
            let fit = try fit(of: Chinchilla.self, noise: noise)
            let used = Set(fit.members.map(\.fit.law))
            #expect(!used.isSuperset(of: ["chinchilla-tied", "over-training"]))
            #expect(!used.isSuperset(of: ["chinchilla", "minicpm"]))
            #expect(!used.isSuperset(of: ["chinchilla", "chinchilla-vpnls"]))
        }
    }

    @Test func `a stack answers, plans and survives its own JSON`() throws {
        let fit = try fit(of: Chinchilla.self, noise: 0.003)
        let advice = try Stack.advise(Question([.flops: 1e21]), from: fit)
        let size = try #require(advice.quantities.first { $0.name == "parameterCount" }).value
        let theta = Chinchilla.planted.theta
        let truth = best(theta, compute: 1e21)
        #expect(abs(log(size / truth)) < 0.3)
        let plan = try Stack.plan(
            NextRunQuestion(budgetFLOPs: 1e21, count: 3, target: Question([.flops: 1e22])),
            from: fit
        )
        #expect(plan.after < plan.before)
        let copy = try JSONDecoder().decode(Stack.Fit.self, from: JSONEncoder().encode(fit))
        #expect(copy == fit)
        #expect(fit.summary.diagnostics.heldOutErrorPercent != nil)
    }

    private func best(_ theta: Coordinates<Chinchilla.Coordinate>, compute: Double) -> Double {
        let (a, b) = (theta[.alpha], theta[.beta])
        let level = (log(a / b) + theta[.logA] - theta[.logB]) / (a + b)
        return exp(level + b / (a + b) * log(compute / 6))
    }

    @Test func `too few runs or one scale are refused`() {
        for count in [0, 3, 6] {
            let runs = Array(PlantedLaw.runs(Chinchilla.self).prefix(count))
            #expect(throws: FitError.self) { try Stack.fit(FitRequest(observations: runs)) }
        }
    }

    /// Minimum of squared errors of L over all 240 points, as an independent search found it.
    @Test(.needsPublicData(ChinchillaTable.file))
    func `variable projection reaches the least squares minimum of the public table`() throws {
        let fit = try ChinchillaVPNLS.fit(
            FitRequest(observations: try ChinchillaTable.read(), options: options())
        )
        let found = Dictionary(uniqueKeysWithValues: fit.parameters.map { ($0.symbol, $0.value) })
        #expect(abs(try #require(found["E"]) - 1.883) < 1e-3)
        #expect(abs(try #require(found["alpha"]) - 0.358) < 1e-3)
        #expect(abs(try #require(found["beta"]) - 0.428) < 1e-3)
        #expect(abs(try #require(found["A"]) / 567.8 - 1) < 0.01)
        #expect(fit.diagnostics.startsAtBest >= 2)
    }

    /// At 5.76e23 FLOPs: N 73B [52, 111], 17.9 tokens a parameter, loss 1.974 [1.952, 2.002].
    @Test(.needsPublicData(ChinchillaTable.file))
    func `the public table gives the known allocation of a large budget`() throws {
        let fit = try Chinchilla.fit(FitRequest(observations: try ChinchillaTable.read()))
        let advice = try Chinchilla.advise(Question([.flops: 5.76e23]), from: fit)
        func quantity(_ name: String) throws -> Advice.Quantity {
            try #require(advice.quantities.first { $0.name == name })
        }
        #expect(abs(try quantity("parameterCount").value / 73e9 - 1) < 0.02)
        #expect(abs(try quantity("tokensPerParameter").value - 17.9) < 0.3)
        #expect(abs(try quantity("lossNats").value - 1.974) < 0.001)
        // The known interval is one of 95 %, this one of 90 %.
        let size = try quantity("parameterCount")
        let width = log(try #require(size.high) / #require(size.low))
        #expect(abs(width / log(111.0 / 52) - 1.645 / 1.96) < 0.2)
        #expect(advice.extrapolation.inside == false)
        let a = try #require(fit.derived.first { $0.symbol == "a" })
        #expect(abs(a.value - 0.514) < 0.001)
    }
}
