import Foundation
import ScalingLaws

/// Regret of the law, its rivals and its baselines on the public table, and the times of the fits.
struct StepLawBenchmark {
    let path: String

    func run() throws {
        let observations = try StepLawTable.read(path)
        let clock = ContinuousClock()
        var fits: [(name: String, fit: StepLawFit)] = []
        for (name, estimator) in [
            ("default", Estimator?.none), ("band", .band), ("joint surface", .jointSurface),
        ] {
            var options = FitOptions()
            options.estimator = estimator
            let request = FitRequest(
                observations: observations,
                parameterConvention: "nonEmbedding",
                lossName: "smooth loss",
                options: options
            )
            let start = clock.now
            let fit = try StepLaw.fit(request)
            print("fit, \(name): \(clock.now - start), \(fit.estimator), \(fit.batchForm.rawValue)")
            fits.append((name, fit))
        }
        regret(fits)
        if let fit = fits.first?.fit { try times(observations, fit) }
    }

    private func times(_ observations: [Observation], _ fit: StepLawFit) throws {
        let table = try CellTable(observations: observations)
        let clock = ContinuousClock()
        var draws = 0
        let band = clock.measure {
            draws =
                Resampler.band(
                    table,
                    form: .parametersAndTokens,
                    tolerance: 0.0025,
                    seed: 1,
                    count: 1_000
                ).count
        }
        print("1,000 cell resamples of the band: \(band) (\(draws) determined)")
        let joint = clock.measure {
            draws = Resampler.joint(table, form: fit.batchForm, seed: 1, count: 1_000).count
        }
        print("1,000 cell resamples of the joint surface, first fit included: \(joint)")
        try refit(observations)
        try answers(fit)
        FewRuns(table: table).run()
        NextRuns(table: table).run()
    }

    /// What a page waits for when a run of the project ends.
    private func refit(_ observations: [Observation]) throws {
        func request(_ runs: [Observation]) -> FitRequest {
            FitRequest(observations: runs, parameterConvention: "nonEmbedding")
        }
        let earlier = try StepLaw.fit(request(Array(observations.dropLast())))
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<5 {
            times.append(
                try clock.measure {
                    _ = try StepLaw.refit(request(observations), from: earlier)
                }
            )
        }
        let whole = try clock.measure { _ = try StepLaw.fit(request(observations)) }
        print(
            "refit after one new run, median of five: \(times.sorted()[2]),",
            String(format: "%.2f of a whole fit", times.sorted()[2] / whole)
        )
    }

    private func answers(_ fit: StepLawFit) throws {
        let target = Target(parameterCount: 1.0737e9, tokenCount: 1e11)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        var answer = try fit.recommend(target)
        answer.plateau.outline = []
        print(String(decoding: try encoder.encode(answer), as: UTF8.self))
        let inside = try fit.recommend(Target(parameterCount: 5e8, tokenCount: 2e10))
        print("at N = 5e8, D = 2e10:", inside.predictedLoss ?? "no loss", inside.warnings)
        print("conditional law:", fit.conditional)
        print("stability limit:", fit.stability ?? "none")
        print("surface:", fit.surface.bowl, "cut", fit.surface.cut, "scale", fit.surface.scale)
        print("learning rate:", fit.learningRate.atPivot, fit.learningRate.tokenExponent)
        print("batch:", fit.batch.atPivot, fit.batch.parameterExponent ?? "no N")
        print("level:", fit.lossLevel ?? "none", fit.estimatorReason)
    }

    private func regret(_ fits: [(name: String, fit: StepLawFit)]) {
        print("regret, % of loss: snap mean/median/max, interpolated mean/median/max")
        for (name, fit) in fits {
            for score in fit.batchFormScores {
                line("\(name), \(score.form.rawValue)", score.snap, score.interpolated)
            }
        }
        guard let fit = fits.first?.fit else { return }
        for baseline in fit.baselines {
            line(baseline.id, baseline.snap, baseline.interpolated)
        }
        for rival in fit.rivals {
            guard let snap = rival.snap, let mesh = rival.interpolated else { continue }
            line(rival.id, snap, mesh)
        }
    }

    private func line(_ name: String, _ snap: StepLawFit.Regret, _ mesh: StepLawFit.Regret) {
        let values = [snap.mean, snap.median, snap.max, mesh.mean, mesh.median, mesh.max]
        let numbers = values.map { String(format: "%7.3f", $0) }.joined(separator: " ")
        print(name.padding(toLength: 36, withPad: " ", startingAt: 0), numbers)
    }
}
