import Foundation
import Mixtures
import ScalingLaws
import Testing

/// Second derivatives that Newton steps rest on.
struct CurvatureTests {
    static let data = PlantedSwarm.runs(60, domains: 4, noise: 0.004, spread: 0.7) {
        PlantedSwarm.effectiveData.loss(at: $0) + 0.3 * $0[0] * $0[2]
    }

    @Test(arguments: [
        "effective-data", "reciprocal-power", "exponential", "gaussian-process",
        "log-gaussian-process", "mixture-stack", "linear-mixture",
    ])
    func `The curvature of a fitted law is what differences of its gradient say`(
        id: String
    ) throws {
        let law = try #require(mixtureLawCatalogue.first { $0.card.id == id })
        let fit = try AnyMixtureLaw.fit(law, Self.data, MixtureFitRequest(seed: 1))
        for place in [[0.4, 0.3, 0.2, 0.1], [0.05, 0.15, 0.5, 0.3]] {
            let curvature = try #require(fit.curvature(at: place))
            var largest = 0.0
            var error = 0.0
            for row in 0..<4 {
                var (above, below) = (place, place)
                above[row] += 1e-5
                below[row] -= 1e-5
                let up = try #require(fit.gradient(at: above))
                let down = try #require(fit.gradient(at: below))
                for column in 0..<4 {
                    let rough = (up[column] - down[column]) / 2e-5
                    largest = max(largest, abs(rough))
                    error = max(error, abs(rough - curvature[row * 4 + column]))
                }
            }
            #expect(error <= 1e-3 * largest + 1e-6)
        }
    }

    @Test func `Whatever holds a bumpy law at a corner is named with its price`() throws {
        let law = try #require(mixtureLawCatalogue.first { $0.card.id == "gaussian-process" })
        let fit = try AnyMixtureLaw.fit(law, Self.data, MixtureFitRequest(seed: 1))
        func optimum(_ constraints: MixtureConstraints) throws -> MixtureOptimum {
            try MixtureOptimiser.optimum(
                domains: Self.data.domains,
                targets: [MixtureTarget(name: "loss", law: fit)],
                constraints: constraints,
                starts: Self.data.runs.sorted { $0.loss < $1.loss }.prefix(3).map(\.proportions)
            )
        }
        let free = try optimum(MixtureConstraints()).proportions
        let names = Self.data.domains
        var constraints = MixtureConstraints()
        constraints.bounds = [
            names[0]: .init(high: free[0] / 2), names[1]: .init(high: free[1] / 2),
        ]
        constraints.groups = [
            .init(name: "pair", domains: [names[0], names[2]], high: (free[0] + free[2]) / 2)
        ]
        let held = try optimum(constraints)
        #expect(held.binding.count == 3, "\(held)")
        #expect(held.binding.allSatisfy { $0.price > 0 })
    }

    @Test func `No allowed mixture that a report of a bumpy law shows is better than its optimum`()
        throws
    {
        let fit = try MixtureFitter.fit(
            Self.data,
            target: "loss",
            options: .init(predictor: "mixture-stack", drawCount: 12),
            request: MixtureFitRequest(seed: 1)
        )
        var request = OptimumRequest()
        request.constraints.bounds["domain 1"] = .init(high: 0.5)
        let report = try OptimumReporter.report([fit], request)
        let optimum = try #require(report.others.first { $0.kind == .optimum })
        for shown in [report.recommendation] + report.others where shown.isAllowed {
            #expect(optimum.loss.value <= shown.loss.value + 1e-9)
        }
        let free = try #require(report.others.first { $0.kind == .unconstrained })
        #expect(free.loss.value <= optimum.loss.value + 1e-9)
        // Nor is any of many mixtures about it.
        var random = SplitMix64(seed: 5)
        for _ in 0..<2_000 {
            var moved = optimum.proportions
            let (giver, taker) = (random.index(below: 4), random.index(below: 4))
            let amount = min(moved[giver], 0.1 * random.uniform())
            moved[giver] -= amount
            moved[taker] += amount
            guard moved[0] <= 0.5 else { continue }
            #expect(fit.model.loss(at: moved) > optimum.loss.value - 1e-6)
        }
    }
}
