import Foundation
import Mixtures
import ScalingLaws

/// How often regions of the optimum hold what was planted, what following the optimum costs, and
/// how long optima and their reports take.
struct OptimumBenchmark {
    let worlds: Int
    /// Absent: no report on a public swarm.
    let swarms: SwarmTable?

    func run() throws {
        try coverage()
        try times()
        if let swarms { try reports(swarms.regMix("train", target: "pile_cc")) }
    }

    private func coverage() throws {
        say(
            "Planted mixtures, \(worlds) worlds a setting. In region: shares of the planted optimum"
        )
        say(
            "inside their 90 % intervals; in ball: worlds whose optimum is inside the L1 ball; true"
        )
        say("loss above the best possible, nats")
        var table = Table([
            "domains, runs, noise", "in region", "in ball", "optimum", "recommendation", "best run",
            "seconds",
        ])
        var sum = 0.0
        for setting in PlantedMixtures.settings {
            let (score, seconds) = try ProcessorTime.of { try setting.score(worlds: worlds) }
            sum += score.coverage
            let values = [
                score.coverage, score.ballCoverage, score.optimumRegret, score.recommendedRegret,
                score.bestRunRegret,
            ]
            table.add(
                ["\(setting.domainCount), \(setting.runCount), \(setting.noise)"]
                    + values.map { String(format: "%.4f", $0) } + [
                        String(format: "%.2f", seconds / Double(worlds))
                    ]
            )
        }
        table.show()
        say("Mean in region \(short(sum / Double(PlantedMixtures.settings.count)))\n")
    }

    /// The first column is in closed form; two targets of effective data are not.
    private func times() throws {
        say("Milliseconds of an exact optimum, and the largest error of its conditions")
        var table = Table([
            "domains", "bounds", "2 targets, group", "and L1 ball", "and divergence", "error",
        ])
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
            table.add(["\(size)"] + cells + [String(format: "%.0e", worst)])
        }
        table.show()
    }

    /// With 40 resampled laws, as a server makes them.
    private func reports(_ data: MixtureData) throws {
        say(
            "Report of an optimum on \(data.runs.count) runs of \(data.dimension) domains, seconds of"
        )
        say("processor time; predicted losses")
        var table = Table(["law", "fit", "report", "optimum", "recommendation", "best run"])
        for law in ["effective-data", "mixture-stack"] {
            let (fit, fitting) = try ProcessorTime.of {
                try MixtureFitter.fit(
                    data,
                    target: "pile_cc",
                    options: .init(predictor: law),
                    request: MixtureFitRequest()
                )
            }
            let (report, reporting) = try ProcessorTime.of {
                try OptimumReporter.report([fit], OptimumRequest())
            }
            let seconds = [fitting, reporting].map { String(format: "%.2f", $0) }
            func loss(_ kind: OptimumReport.Candidate.Kind) -> String {
                let found = report.others.first { $0.kind == kind } ?? report.recommendation
                return String(format: "%.4f", found.loss.value)
            }
            let losses = [loss(.optimum), loss(.recommendation), loss(.bestObserved)]
            table.add([law] + seconds + losses)
        }
        table.show()
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
        var least = Double.infinity
        var residual = 0.0
        for _ in 0..<9 {
            let (found, seconds) = try ProcessorTime.of {
                try MixtureOptimiser.optimum(
                    domains: domains,
                    targets: targets,
                    constraints: constraints
                )
            }
            least = min(least, 1e3 * seconds)
            residual = found.residual ?? .infinity
        }
        return (least, residual)
    }
}
