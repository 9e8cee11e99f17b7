import Foundation
import Mixtures
import TestSupport
import Testing

struct ClosedLawTests {
    @Test(.needsPublicData(Golden.file))
    func `The closed laws have the values of an independent implementation`() throws {
        let golden = try Golden.entry("lawValues", as: LawValues.self)
        let data = golden.effectiveData.parameters
        let effective = FittedEffectiveData(
            level: data.E,
            scale: data.A,
            exponent: data.a,
            base: data.e0,
            power: data.g,
            worth: data.s
        )
        let reciprocal = FittedReciprocalPower(
            level: golden.reciprocalPower.parameters.E,
            worth: golden.reciprocalPower.parameters.C,
            powers: golden.reciprocalPower.parameters.g
        )
        let exponential = FittedExponential(
            level: golden.exponential.parameters.c,
            slopes: [golden.exponential.parameters.t]
        )
        for (index, mixture) in golden.mixtures.enumerated() {
            let pairs = [
                (effective.loss(at: mixture), golden.effectiveData.values[index]),
                (reciprocal.loss(at: mixture), golden.reciprocalPower.values[index]),
                (exponential.loss(at: mixture), golden.exponential.values[index]),
            ]
            for (own, expected) in pairs { #expect(abs(own - expected) < 1e-9) }
        }
    }

    static let fitted: [any FittedMixtureLaw] = [
        PlantedSwarm.effectiveData,
        FittedReciprocalPower(
            level: 2,
            worth: [0.8, 0.5, 0.4, 0.1],
            powers: [0.5, 0.7, 0.3, 0.9]
        ),
        FittedExponential(level: 2, slopes: [[-0.9, -0.2, 0.3, 0.5], [0.1, -1, 0.2, -0.5]]),
    ]

    @Test(arguments: fitted.indices)
    func `The gradient of a closed law is that of its values`(_ index: Int) throws {
        let law = Self.fitted[index]
        let mixture = [0.4, 0.3, 0.2, 0.1]
        let gradient = try #require(law.gradient(at: mixture))
        for domain in mixture.indices {
            var (above, below) = (mixture, mixture)
            above[domain] += 1e-5
            below[domain] -= 1e-5
            let slope = (law.loss(at: above) - law.loss(at: below)) / 2e-5
            #expect(abs(gradient[domain] - slope) < 1e-7)
        }
    }

    @Test func `A planted law of effective data is recovered from noiseless runs`() throws {
        let truth = PlantedSwarm.effectiveData
        let data = PlantedSwarm.runs(80, domains: 4) { truth.loss(at: $0) }
        let test = PlantedSwarm.runs(50, domains: 4, seed: 8) { truth.loss(at: $0) }
        let fit = try EffectiveData.fit(data, MixtureFitRequest(ridge: 1e-8), startingFrom: nil)
        #expect(PlantedSwarm.error(fit, test) < 2e-3)
        let worth = fit.parameters(domains: data.domains)
        let ratio = try #require(worth["s[domain 2]"]) / (try #require(worth["s[domain 1]"]))
        #expect(abs(ratio - 0.8 / 1.5) < 0.03)
        #expect(abs(fit.power - 0.6) < 0.06 && fit.isConvex)
        let line = try RidgeMixture.fit(data, MixtureFitRequest(), startingFrom: nil)
        #expect(PlantedSwarm.error(fit, test) < 0.1 * PlantedSwarm.error(line, test))
    }

    @Test func `Planted reciprocal and exponential laws predict runs left out`() throws {
        let request = MixtureFitRequest(ridge: 1e-8)
        let reciprocal = Self.fitted[1]
        let first = PlantedSwarm.runs(80, domains: 4) { reciprocal.loss(at: $0) }
        let second = PlantedSwarm.runs(50, domains: 4, seed: 8) { reciprocal.loss(at: $0) }
        let power = try ReciprocalPower.fit(first, request, startingFrom: nil)
        #expect(PlantedSwarm.error(power, second) < 5e-3)
        let truth = FittedExponential(level: 2, slopes: [[-0.9, -0.2, 0.3, 0.5]])
        let third = PlantedSwarm.runs(40, domains: 4) { truth.loss(at: $0) }
        let own = try ExponentialMixture.fit(third, request, startingFrom: nil)
        #expect(abs(own.level - 2) < 0.02)
        #expect(PlantedSwarm.error(own, third) < 1e-3)
    }

    @Test(arguments: [ClosedLaw.effectiveData, .reciprocalPower, .exponential])
    func `A fit moves with the unit of its target`(_ law: ClosedLaw) throws {
        let truth = PlantedSwarm.effectiveData
        let data = PlantedSwarm.runs(60, domains: 4, noise: 0.005) { truth.loss(at: $0) }
        var scaled = data
        for index in scaled.runs.indices { scaled.runs[index].loss *= 1_000 }
        let (one, other) = (try law.fit(data), try law.fit(scaled))
        for run in data.runs.prefix(10) {
            let expected = 1_000 * one.loss(at: run.proportions)
            #expect(abs(other.loss(at: run.proportions) - expected) < 0.5)
        }
    }

    @Test(arguments: [ClosedLaw.effectiveData, .reciprocalPower, .exponential])
    func `Hostile runs are refused or survived, never a trap`(_ law: ClosedLaw) throws {
        let good = PlantedSwarm.runs(12, domains: 3) { 3 - $0[0] }
        var same = good
        for index in same.runs.indices { same.runs[index].loss = 2 }
        #expect(throws: MixtureError.noSpread(target: "The target", value: 2)) {
            _ = try law.fit(same)
        }
        for bad in [Double.nan, .infinity, 1e308] {
            var broken = good
            broken.runs[3].loss = bad
            #expect(throws: MixtureError.self) { _ = try law.fit(broken) }
            broken = good
            broken.runs[3].proportions[1] = bad
            #expect(throws: MixtureError.self) { _ = try law.fit(broken) }
        }
        #expect(throws: MixtureError.self) { _ = try law.fit(good.selecting([0])) }
        #expect(throws: MixtureError.self) { _ = try law.fit(good.selecting([])) }
        var huge = good
        for index in huge.runs.indices { huge.runs[index].loss *= 1e100 }
        #expect(try law.fit(huge).loss(at: [0.3, 0.3, 0.4]).isFinite)
        let twins = try law.fit(good.selecting([0, 1, 2, 0, 1, 2, 0, 1, 2]))
        #expect(twins.loss(at: [1, 0, 0]).isFinite)
    }
}

enum ClosedLaw: CaseIterable {
    case effectiveData
    case reciprocalPower
    case exponential

    func fit(_ data: MixtureData) throws -> any FittedMixtureLaw {
        let request = MixtureFitRequest()
        return switch self {
        case .effectiveData: try EffectiveData.fit(data, request, startingFrom: nil)
        case .reciprocalPower: try ReciprocalPower.fit(data, request, startingFrom: nil)
        case .exponential: try ExponentialMixture.fit(data, request, startingFrom: nil)
        }
    }
}
