import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct ExpertLawTests {
    private func loss<L: NonlinearLaw>(
        _ law: L.Type,
        _ preset: String,
        _ values: [Role: Double]
    ) throws -> Double {
        let theta = try #require(law.presets.first { $0.id == preset }).theta
        let run = Observation(runID: PlantedSweep.id(0), runName: "", values: values)
        var gradient = Coordinates<L.Coordinate>()
        return exp(law.logPrediction(try #require(law.input(run)), theta, &gradient))
    }

    /// The paper's cut-off is 9.37e11 parameters; its printed digits give 1e12, in base 10 only.
    @Test func `the published S-BASE constants stop experts from helping near 1e12 parameters`()
        throws
    {
        let theta = try #require(RoutedExperts.presets.first { $0.id == "clark-s-base" }).theta
        let power = try #require(RoutedExperts.derived.first).value(theta)
        #expect(abs(power - 12) < 1e-9)
        let few = try loss(
            RoutedExperts.self,
            "clark-s-base",
            [.parameterCount: 1e12, .expertCount: 1]
        )
        let many = try loss(
            RoutedExperts.self,
            "clark-s-base",
            [.parameterCount: 1e12, .expertCount: 512]
        )
        #expect(abs(many / few - 1) < 1e-9)
        let small = try loss(
            RoutedExperts.self,
            "clark-s-base",
            [.parameterCount: 1e8, .expertCount: 512]
        )
        let dense = try loss(
            RoutedExperts.self,
            "clark-s-base",
            [.parameterCount: 1e8, .expertCount: 1]
        )
        #expect(small < 0.9 * dense)
    }

    @Test func `a dense model has E_start experts and endless experts are E_max`() throws {
        // log10 L at E = 1: the card's equation with Ê = E_start = 1.847 and N = 1e9.
        let start = log10(1.847)
        let expected = pow(10, -0.082 * 9 - 0.108 * start + 0.009 * 9 * start + 1.104)
        let dense = try loss(
            RoutedExperts.self,
            "clark-s-base",
            [.parameterCount: 1e9, .expertCount: 1]
        )
        #expect(abs(dense / expected - 1) < 1e-9)
        let limit = log10(314.478)
        let endless = try loss(
            RoutedExperts.self,
            "clark-s-base",
            [.parameterCount: 1e9, .expertCount: 1e9]
        )
        let floor = pow(10, -0.082 * 9 - 0.108 * limit + 0.009 * 9 * limit + 1.104)
        #expect(abs(endless / floor - 1) < 1e-6)
    }

    @Test func `the published granularity constants are those of the printed formula`() throws {
        let values: [Role: Double] = [
            .totalParameterCount: 6.4e10, .tokenCount: 2e10, .expertGranularity: 8,
        ]
        let moe = try loss(GranularExperts.self, "krajewski-moe", values)
        let printed =
            0.47 + (2.1 / pow(8, 0.58) + 18.1) / pow(6.4e10, 0.115) + 30.8 / pow(2e10, 0.147)
        #expect(abs(moe / printed - 1) < 1e-12)
        let dense = try loss(
            GranularExperts.self,
            "krajewski-dense",
            [.totalParameterCount: 1e9, .tokenCount: 2e10, .expertGranularity: 1]
        )
        #expect(moe < 0.9 * dense)
        // Read as active parameters, the constants would put the mixture behind the dense model.
        var active = values
        active[.totalParameterCount] = 1e9
        #expect(try loss(GranularExperts.self, "krajewski-moe", active) > dense)
    }

    @Test func `the published sparsity constants are those of the printed formula`() throws {
        func values(_ experts: Double) -> [Role: Double] {
            [
                .totalParameterCount: 3e9, .tokenCount: 5e10, .expertCount: experts,
                .activeExpertCount: 2,
            ]
        }
        let active = 2.0 / 16
        let tokens = 5455.67 / pow(5e10, 0.3954)
        let sparse = 0.4598 * pow(active, 0.1666)
        let mixed = 17.26 / (pow(active, 0.1603) * pow(3e9, 0.1595))
        let printed = 16612.5 / pow(3e9, 0.5962) + tokens + sparse + mixed + 0.94
        let law = try loss(SparseExperts.self, "abnar", values(16))
        #expect(abs(law / printed - 1) < 1e-12)
        // Fewer parameters at work for each token cost loss at one size.
        #expect(try loss(SparseExperts.self, "abnar", values(2)) < law)
    }

    @Test func `a law of experts beats the naive rules on the largest scale`() throws {
        let runs = PlantedLaw.runs(JointExperts.self, noise: 0.002)
        let fit = try JointExperts.fit(PlantedSweep.request(runs))
        let law = try #require(fit.diagnostics.heldOutErrorPercent)
        let naive = try #require(fit.diagnostics.baselineErrorPercent)
        #expect(law < naive / 3, "\(law), \(naive)")
        #expect(law < 1)
    }

    @Test func `counting tokens in thousands changes no prediction`() throws {
        let runs = PlantedLaw.runs(JointExperts.self, noise: 0.001)
        let thousands = runs.map { run in
            var scaled = run
            scaled[.tokenCount] /= 1000
            return scaled
        }
        var request = PlantedSweep.request(runs)
        request.options.drawCount = 20
        var other = request
        other.observations = thousands
        let first = try JointExperts.fit(request)
        let second = try JointExperts.fit(other)
        for (a, b) in zip(first.residuals, second.residuals) {
            #expect(abs(a.predicted / b.predicted - 1) < 1e-5)
        }
    }

    @Test func `upcycling is refused without runs from scratch to compare with`() {
        let runs = PlantedLaw.runs(Upcycling.self)
        let upcycled = runs.filter { $0.values[.denseTokenCount] != nil }
        #expect(throws: FitError.self) { try Upcycling.fit(PlantedSweep.request(upcycled)) }
        let scratch = runs.filter { $0.values[.denseTokenCount] == nil }
        #expect(throws: FitError.self) { try Upcycling.fit(PlantedSweep.request(scratch)) }
    }
}
