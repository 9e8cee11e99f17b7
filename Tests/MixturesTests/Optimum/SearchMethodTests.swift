import Foundation
import Mixtures
import Testing

struct SearchMethodTests {
    @Test func `A law with steps is searched, under bounds, to the step of the true optimum`()
        throws
    {
        let smooth = PlantedEffectiveData(s: [1.5, 0.8, 0.3, 0.02])
        var constraints = MixtureConstraints()
        constraints.bounds["d0"] = .init(high: 0.5)
        let names = (0..<4).map { "d\($0)" }
        let found = try MixtureOptimiser.optimum(
            domains: names,
            targets: [planted("loss", SteppedLaw(smooth: smooth, step: 1e-3))],
            constraints: constraints
        )
        #expect(found.method == "stepSearch")
        #expect(!found.isGlobal)
        #expect(found.proportions[0] <= 0.5 + 1e-9)
        #expect(abs(found.proportions.reduce(0, +) - 1) < 1e-9)
        #expect(smooth.loss(at: found.proportions) < 2.884276 + 1e-3)
        let equal = [Double](repeating: 0.25, count: 4)
        #expect(found.loss < smooth.loss(at: equal) - 0.01)
    }

    @Test func `Of two wells the deeper one is found, though the first start lies in the other`()
        throws
    {
        let law = TwoWells(deep: [0.7, 0.2, 0.1, 0], shallow: [0, 0.1, 0.1, 0.8])
        let found = try MixtureOptimiser.optimum(
            domains: (0..<4).map { "d\($0)" },
            targets: [planted("loss", law)],
            starts: [law.shallow, [0.5, 0.5, 0, 0]]
        )
        #expect(found.proportions.distance(law.deep) < 1e-3)
        #expect(!found.isGlobal)
    }

    @Test func `Scaling losses or reordering domains does not move the optimum`() throws {
        let scales = [0.4, 1.3, 0.9, 0.2, 0.6]
        func best(_ scales: [Double], weight: Double) throws -> [Double] {
            try MixtureOptimiser.optimum(
                domains: (0..<5).map { "d\($0)" },
                targets: [
                    planted("a", PlantedEffectiveData(s: scales, isOpen: false), weight: weight)
                ]
            ).proportions
        }
        let first = try best(scales, weight: 1)
        #expect(try best(scales, weight: 1e-6).distance(first) < 1e-7)
        #expect(try best(scales, weight: 1e6).distance(first) < 1e-7)
        let turned = try best(scales.reversed(), weight: 1)
        #expect(Array(turned.reversed()).distance(first) < 1e-7)
    }

    @Test func `Laws that answer with nonsense end in an error, not in a trap`() {
        struct Broken: FittedMixtureLaw {
            var value: Double
            func loss(at proportions: [Double]) -> Double { value }
            func gradient(at proportions: [Double]) -> [Double]? { proportions.map { _ in value } }
        }
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(throws: MixtureError.self) {
                try MixtureOptimiser.optimum(
                    domains: ["d0", "d1"],
                    targets: [planted("loss", Broken(value: value))]
                )
            }
        }
    }
}
