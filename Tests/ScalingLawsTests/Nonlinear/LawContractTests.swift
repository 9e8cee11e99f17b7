import Foundation
import Runs
import ScalingLaws
import Testing

/// What every nonlinear law of the catalogue keeps, whatever its form.
@Suite struct LawContractTests {
    private static let laws = lawCatalogue.compactMap { $0 as? any NonlinearLaw.Type }

    @Test func `ids are kebab-case and belong to one law each`() {
        let ids = lawCards.map(\.id)
        #expect(Set(ids).count == ids.count)
        for id in ids { #expect(id.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }) }
    }

    @Test func `every card says what goes in, what comes out and in which unit`() {
        for card in lawCards {
            #expect(!card.title.isEmpty && !card.equation.isEmpty && !card.citation.isEmpty)
            #expect(!card.validity.isEmpty && !card.symbols.isEmpty, "\(card.id)")
            for symbol in card.symbols + card.parameters { #expect(!symbol.unit.isEmpty) }
            if card.kind == .fitted {
                #expect(!card.inputs.isEmpty && !card.parameters.isEmpty, "\(card.id)")
            }
        }
    }

    @Test(arguments: laws.indices)
    func `the gradient is that of finite differences`(index: Int) throws {
        let law = Self.laws[index]
        try Contract.checkGradient(law)
    }

    @Test(arguments: laws.indices)
    func `planted parameters come back from noiseless runs`(index: Int) throws {
        let law = Self.laws[index]
        try Contract.checkRecovery(law)
    }

    @Test(arguments: laws.indices)
    func `too few runs are refused with what is needed and what was found`(index: Int) throws {
        let law = Self.laws[index]
        Contract.checkRefusal(law)
    }

    @Test(arguments: laws.indices)
    func `hostile values are set aside and never end the program`(index: Int) throws {
        let law = Self.laws[index]
        Contract.checkHostileValues(law)
    }

    @Test(arguments: laws.indices)
    func `the order of the runs does not matter and the seed does`(index: Int) throws {
        let law = Self.laws[index]
        try Contract.checkDeterminism(law)
    }
}

/// The contract, law by law.
private enum Contract {
    static func checkGradient<L: NonlinearLaw>(_ law: L.Type) throws {
        let runs = PlantedLaw.runs(law)
        let theta = PlantedLaw.theta(law)
        for run in runs.prefix(5) {
            let input = try #require(law.input(run))
            var gradient = Coordinates<L.Coordinate>()
            var scratch = gradient
            _ = law.logPrediction(input, theta, &gradient)
            for key in L.Coordinate.allCases {
                let step = 1e-6 * max(abs(theta[key]), 0.1)
                var (low, high) = (theta, theta)
                low[key] -= step
                high[key] += step
                let slope =
                    (law.logPrediction(input, high, &scratch)
                        - law.logPrediction(input, low, &scratch)) / (2 * step)
                let error = abs(slope - gradient[key])
                #expect(error <= 1e-6 + 1e-5 * abs(slope), "\(law.card.id) \(key)")
            }
        }
    }

    static func checkRecovery<L: NonlinearLaw>(_ law: L.Type) throws {
        let runs = PlantedLaw.runs(law)
        let planted = law.parameters(PlantedLaw.theta(law))
        let fit = try law.fit(request(runs))
        #expect(fit.diagnostics.isConverged, "\(law.card.id)")
        for (parameter, truth) in zip(fit.parameters, planted) {
            let error = abs(parameter.value - truth) / max(abs(truth), 1e-3)
            #expect(
                error < 0.02,
                "\(law.card.id) \(parameter.symbol): \(parameter.value), \(truth)"
            )
            #expect(parameter.low <= parameter.value && parameter.value <= parameter.high)
        }
        let worst = fit.residuals.map { abs($0.errorPercent) }.max() ?? .infinity
        #expect(worst < 0.01, "\(law.card.id): \(worst) %")
    }

    static func checkRefusal<L: NonlinearLaw>(_ law: L.Type) {
        for few in [0, 1, 2] {
            let runs = Array(PlantedLaw.runs(law).prefix(few))
            #expect(throws: FitError.self) { try law.fit(request(runs)) }
        }
    }

    static func checkHostileValues<L: NonlinearLaw>(_ law: L.Type) {
        let values = [Double.nan, .infinity, -1, 0, 1e308, .leastNonzeroMagnitude]
        var runs = PlantedLaw.runs(law)
        for (index, value) in values.enumerated() where index < runs.count {
            for role in law.card.inputs { runs[index][role] = value }
        }
        do {
            let fit = try law.fit(request(runs))
            #expect(fit.parameters.allSatisfy { $0.value.isFinite }, "\(law.card.id)")
            #expect(fit.leftOutCount > 0)
        } catch {
            #expect(!error.message.isEmpty)
        }
    }

    static func checkDeterminism<L: NonlinearLaw>(_ law: L.Type) throws {
        let runs = PlantedLaw.runs(law, noise: 0.003)
        let first = try law.fit(request(runs))
        let second = try law.fit(request(runs.reversed()))
        #expect(first == second, "\(law.card.id)")
        var other = request(runs)
        other.seed = 7
        let third = try law.fit(other)
        #expect(third.draws != first.draws, "\(law.card.id)")
        #expect(third.theta == first.theta, "\(law.card.id)")
    }

    private static func request(_ runs: [Observation]) -> FitRequest {
        var options = FitOptions()
        options.drawCount = 40
        return FitRequest(observations: runs, options: options)
    }
}
