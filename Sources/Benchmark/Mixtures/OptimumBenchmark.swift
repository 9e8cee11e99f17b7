import Foundation
import Mixtures
import ScalingLaws

/// How often regions of the optimum hold what was planted, what following the optimum costs, and
/// how long exact optima take.
struct OptimumBenchmark {
    let worlds: Int

    func run() throws {
        print("planted mixtures, \(worlds) worlds each: domains, runs, noise; share of planted")
        print(
            "proportions in their 90 % intervals, share of worlds in the L1 ball; true loss above"
        )
        print("the best possible, nats: fitted optimum, recommendation, best run; s per world")
        let clock = ContinuousClock()
        var coverage = 0.0
        for setting in PlantedMixtures.settings {
            let start = clock.now
            let score = try setting.score(worlds: worlds)
            let seconds = (clock.now - start) / .seconds(1) / Double(worlds)
            coverage += score.coverage / Double(PlantedMixtures.settings.count)
            let values = [
                score.coverage, score.ballCoverage, score.optimumRegret, score.recommendedRegret,
                score.bestRunRegret, seconds,
            ]
            let name = "\(setting.domainCount), \(setting.runCount), \(setting.noise)"
            print(
                name.padding(toLength: 16, withPad: " ", startingAt: 0),
                values.map { String(format: "%.4f", $0) }.joined(separator: " ")
            )
        }
        print("mean coverage", String(format: "%.3f", coverage))
        try times()
    }

    /// Two targets of effective data, so that nothing is in closed form but the first row.
    private func times() throws {
        print("ms of an exact optimum: domains; bounds alone; two targets with groups; and an L1")
        print("ball; and a divergence limit; largest error of the optimality conditions")
        for size in [17, 24, 64] {
            let domains = (0..<size).map { "domain \($0)" }
            let laws = try [1, 2].map { try fitted(domains, seed: $0) }
            var constraints = MixtureConstraints()
            constraints.bounds[domains[9]] = .init(high: 0.02)
            var cases = [(Array(laws.prefix(1)), constraints)]
            constraints.groups = [
                .init(domains: Array(domains[0..<4]), low: 0.1, high: 0.3)
            ]
            cases.append((laws, constraints))
            constraints.reference = SizePresets.uniform(domains: domains)
            constraints.distanceLimit = 0.4
            cases.append((laws, constraints))
            constraints.distanceLimit = nil
            constraints.divergenceLimit = 0.2
            cases.append((laws, constraints))
            var cells: [String] = []
            var worst = 0.0
            for (targets, constraints) in cases {
                let (time, residual) = try time(domains, targets, constraints)
                cells.append(String(format: "%.2f", time))
                worst = max(worst, residual)
            }
            print(size, cells.joined(separator: " "), String(format: "%.1e", worst))
        }
    }

    private func fitted(_ domains: [String], seed: Int) throws -> MixtureTarget {
        let planted = PlantedMixtures(
            domainCount: domains.count,
            runCount: 4 * domains.count,
            noise: 0.005,
            concentrations: [1]
        )
        var data = planted.world(seed).data
        data.domains = domains
        let law = try EffectiveData.fit(data, MixtureFitRequest(ridge: 1e-3), startingFrom: nil)
        return MixtureTarget(name: "target \(seed)", law: law)
    }

    /// Milliseconds, the least of nine, and the error of the optimality conditions.
    private func time(
        _ domains: [String],
        _ targets: [MixtureTarget],
        _ constraints: MixtureConstraints
    ) throws -> (Double, Double) {
        let clock = ContinuousClock()
        var least = Double.infinity
        var residual = 0.0
        for _ in 0..<9 {
            let start = clock.now
            let found = try MixtureOptimiser.optimum(
                domains: domains,
                targets: targets,
                constraints: constraints
            )
            least = min(least, (clock.now - start) / .milliseconds(1))
            residual = found.residual ?? .infinity
        }
        return (least, residual)
    }
}
