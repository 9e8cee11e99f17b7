import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

/// A refit from an earlier fit is the whole fit, sooner.
@Suite struct NonlinearRefitTests {
    private static let laws = lawCatalogue.compactMap { $0 as? any NonlinearLaw.Type }

    @Test(arguments: laws.indices)
    func `a refit with one more run agrees with a whole fit`(index: Int) throws {
        let law = Self.laws[index]
        try Self.compare(law)
    }

    private static func request(_ runs: [Observation], draws: Int = 50) -> FitRequest {
        var options = FitOptions()
        options.drawCount = draws
        return FitRequest(observations: runs, options: options)
    }

    private static func compare<L: NonlinearLaw>(_ law: L.Type) throws {
        let runs = PlantedLaw.runs(law, noise: 1e-3)
        var less = runs
        less.remove(at: runs.count / 2)
        let earlier = try law.fit(request(less))
        let whole = try law.fit(request(runs))
        guard let refit = try law.refit(request(runs), from: earlier) else {
            // Only where a whole fit from fresh starts does find a better minimum than the earlier,
            // or where the new run costs more than the earlier ones let expect.
            let growth = Double(runs.count) / Double(less.count)
            let known = earlier.objective * growth * (1 + 5 / Double(runs.count))
            let isBetter = whole.diagnostics.startsAtBest < whole.diagnostics.starts
            #expect(isBetter || whole.objective > known, "\(law.card.id)")
            return
        }
        let id = law.card.id
        #expect(refit.objective <= whole.objective * (1 + 1e-5) + 1e-12, "\(id)")
        #expect(refit.dataHash == whole.dataHash && refit.draws.count == whole.draws.count)
        var scratch = Coordinates<L.Coordinate>()
        for run in runs {
            guard let input = law.input(run) else { continue }
            let one = law.logPrediction(input, Coordinates(refit.theta), &scratch)
            let other = law.logPrediction(input, Coordinates(whole.theta), &scratch)
            #expect(abs(one - other) < 2e-5, "\(id)")
        }
        let (one, other) = (refit.crossValidation, whole.crossValidation)
        #expect((one == nil) == (other == nil))
        if let one, let other {
            let gap = abs(one.meanAbsolutePercent - other.meanAbsolutePercent)
            #expect(gap < 0.1 * other.meanAbsolutePercent + 0.01, "\(id)")
        }
    }

    @Test func `what an earlier fit says nothing of is left to a whole fit`() throws {
        let runs = PlantedLaw.runs(Chinchilla.self, noise: 1e-3)
        let earlier = try Chinchilla.fit(Self.request(Array(runs.dropLast())))
        #expect(try Chinchilla.refit(Self.request(runs), from: earlier) != nil)
        #expect(try Chinchilla.refit(Self.request(runs, draws: 60), from: earlier) == nil)
        var outlier = runs
        outlier[3].lossNats *= 1.3
        #expect(try Chinchilla.refit(Self.request(outlier), from: earlier) == nil)
        var broken = earlier
        broken.theta = [.nan]
        #expect(try Chinchilla.refit(Self.request(runs), from: broken) == nil)
        // The earlier search ended in a corner: fresh starts find the better minimum.
        var corner = earlier
        corner.theta = [0.5, 3, 3, 1e-3, 1e-3]
        corner.objective = 10
        let refit = try Chinchilla.refit(Self.request(runs), from: corner)
        let whole = try Chinchilla.fit(Self.request(runs))
        if let refit { #expect(refit.objective <= whole.objective * (1 + 1e-5)) }
        #expect(throws: FitError.self) {
            try Chinchilla.refit(Self.request(Array(runs.prefix(3))), from: earlier)
        }
    }

    @Test(.needsPublicData(ChinchillaTable.file))
    func `on the public points a refit takes a part of the time of a whole fit`() throws {
        let runs = try ChinchillaTable.read()
        let request = FitRequest(observations: runs)
        let earlier = try Chinchilla.fit(FitRequest(observations: Array(runs.dropFirst())))
        let clock = ContinuousClock()
        var quick = Duration.seconds(60)
        var slow = Duration.seconds(60)
        for _ in 0..<3 {
            slow = min(slow, try clock.measure { _ = try Chinchilla.fit(request) })
            quick = min(
                quick,
                try clock.measure {
                    let refit = try Chinchilla.refit(request, from: earlier)
                    #expect(isClose(refit?.objective ?? 0, 1.0182740e-3, within: 1e-9))
                }
            )
        }
        #expect(quick / slow < 0.85)
    }
}
