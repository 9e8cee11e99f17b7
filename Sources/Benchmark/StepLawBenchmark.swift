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
