import Foundation
import Mixtures
import TestSupport
import Testing

/// Optima computed by an independent implementation and checked by a general solver.
struct GoldenOptimumTests {
    struct Golden: Decodable {
        struct Case: Decodable {
            var name: String?
            var upper: [Double]
            var lower: [Double]?
            var klWeight: Double?
            var proportions: [Double]
            var loss: Double
            var shadowPriceOfUpper: [Double]?
            var shadowPriceOfLower: [Double]?
        }
        struct Sum: Decodable {
            struct Empty: Decodable {
                var upper: [Double]
                var lower: [Double]?
                var why: String
            }
            var v: [Double]
            var c: [Double]
            var k: [Double]
            var t: [Double]
            var reference: [Double]
            var cases: [Case]
            var infeasible: [Empty]
        }
        struct Power: Decodable {
            var v: [Double]
            var B: [Double]
            var b: Double
            var proportions: [Double]
            var loss: Double
        }
        struct Effective: Decodable {
            struct Zeros: Decodable {
                var s: [Double]
                var g: Double
                var proportions: [Double]
            }
            var E: Double
            var A: Double
            var a: Double
            var e0: Double
            var g: Double
            var s: [Double]
            var cases: [Case]
            var withZeros: Zeros
        }
        var constrainedOptimum: Sum
        var powerLawOptimum: Power
        var effectiveDataOptimum: Effective
    }

    static let file = "golden/mixture.json"

    func golden() throws -> Golden {
        let path = try #require(PublicData.path(Self.file))
        return try JSONDecoder().decode(
            Golden.self,
            from: Data(contentsOf: URL(fileURLWithPath: path))
        )
    }

    @Test(.needsPublicData(file))
    func `Bounds and a pull to the reference give the published optima and shadow prices`() throws {
        let golden = try golden().constrainedOptimum
        let law = ExponentialSum(v: golden.v, c: golden.c, k: golden.k, t: golden.t)
        for item in golden.cases {
            var constraints = boxed(upper: item.upper, lower: item.lower)
            constraints.divergenceWeight = item.klWeight
            constraints.reference = named(golden.reference)
            let found = try optimum(law, constraints)
            #expect(found.proportions.distance(item.proportions) < 1e-8)
            #expect(abs(found.loss - item.loss) < 1e-8)
            #expect(found.isGlobal)
            for (kind, prices) in [
                (ConstraintCause.Kind.upperBound, item.shadowPriceOfUpper),
                (.lowerBound, item.shadowPriceOfLower),
            ] {
                for (index, price) in (prices ?? []).enumerated() {
                    let held = found.binding.first {
                        $0.cause.kind == kind && $0.cause.subject == "d\(index)"
                    }
                    #expect(abs((held?.price ?? 0) - price) < 1e-5)
                }
            }
        }
    }

    @Test(.needsPublicData(file))
    func `Sets without a mixture are explained by what conflicts and by how much`() throws {
        let golden = try golden().constrainedOptimum
        let law = ExponentialSum(v: golden.v, c: golden.c, k: golden.k, t: golden.t)
        let counts = [3, 3, 2]
        for (item, count) in zip(golden.infeasible, counts) {
            let error = #expect(throws: MixtureError.self) {
                try optimum(law, boxed(upper: item.upper, lower: item.lower))
            }
            guard case .infeasible(let names, let excess) = error else {
                Issue.record("\(item.why) was not told")
                continue
            }
            #expect(names.count == count)
            #expect(abs(excess - 0.1) < 1e-6)
        }
    }

    @Test(.needsPublicData(file))
    func `Effective data has its closed optimum, by water level and by the general method`() throws
    {
        let golden = try golden().effectiveDataOptimum
        for isOpen in [true, false] {
            let law = PlantedEffectiveData(
                E: golden.E,
                A: golden.A,
                a: golden.a,
                e0: golden.e0,
                g: golden.g,
                s: golden.s,
                isOpen: isOpen
            )
            for item in golden.cases {
                let found = try optimum(law, boxed(upper: item.upper, lower: nil))
                #expect(found.proportions.distance(item.proportions) < 1e-5)
                #expect(abs(found.loss - item.loss) < 1e-8)
                #expect((found.residual ?? 1) < 1e-6)
                #expect(found.method == (isOpen ? "waterFilling" : "interiorPoint"))
            }
            let zeros = golden.withZeros
            let steep = PlantedEffectiveData(g: zeros.g, s: zeros.s, isOpen: isOpen)
            // Exactly: a domain that is not worth it has no share at all.
            #expect(try optimum(steep, MixtureConstraints()).proportions == zeros.proportions)
        }
    }

    @Test(.needsPublicData(file))
    func `A sum of power laws has its closed optimum`() throws {
        let golden = try golden().powerLawOptimum
        let law = PowerSum(v: golden.v, B: golden.B, b: golden.b)
        let found = try optimum(law, MixtureConstraints())
        #expect(found.proportions.distance(golden.proportions) < 1e-8)
        #expect(abs(found.loss - golden.loss) < 1e-10)
    }

    private func optimum(
        _ law: some FittedMixtureLaw,
        _ constraints: MixtureConstraints
    ) throws -> MixtureOptimum {
        let size =
            (law as? PlantedEffectiveData)?.s.count ?? (law as? ExponentialSum)?.v.count ?? 3
        return try MixtureOptimiser.optimum(
            domains: (0..<size).map { "d\($0)" },
            targets: [planted("loss", law)],
            constraints: constraints
        )
    }

    private func boxed(upper: [Double], lower: [Double]?) -> MixtureConstraints {
        var constraints = MixtureConstraints()
        for index in upper.indices {
            constraints.bounds["d\(index)"] = .init(low: lower?[index], high: upper[index])
        }
        return constraints
    }
}

func planted(_ name: String, _ law: any FittedMixtureLaw, weight: Double = 1) -> MixtureTarget {
    MixtureTarget(name: name, weight: weight, law: law)
}

func named(_ values: [Double]) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: values.enumerated().map { ("d\($0)", $1) })
}

extension [Double] {
    func distance(_ other: [Double]) -> Double {
        zip(self, other).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
}
