import Foundation
package import Runs
package import ScalingLaws

/// Projects of runs made from a known law, as lines for the importer: one project for each law that
/// answers questions.
package enum PlantedProjects {
    /// Lines of runs that determine the law; nil for one that has no planted project.
    package static func lines(of law: String) -> [String]? {
        switch law {
        case "annealing": schedules
        case "forecast": curves
        default:
            runs(of: law)?.enumerated().map { line(name(law, $0), $1) }
        }
    }

    /// The same runs as laws read them; nil for projects of loss curves too.
    package static func observations(of law: String) -> [Observation]? {
        runs(of: law)?.enumerated().map { place, values in
            Observation(
                runID: RunID(UUID(timeOrdered: Int64(place) * 1_000, random: (1, UInt64(place)))),
                runName: name(law, place),
                values: values
            )
        }
    }

    private static func runs(of law: String) -> [[Role: Double]]? {
        switch law {
        case "step-law", "conditional-learning-rate": rateSweep
        case "chinchilla", "stack": planted(Chinchilla.self, noise: 0.002)
        case "isoflop": profiles
        case "data-constrained": planted(DataConstrained.self, noise: 0.001)
        case "moe-joint": experts
        case "upcycling": planted(Upcycling.self, noise: 0.001)
        case "rectified": planted(RectifiedLaw.self, noise: 0.001)
        case "fine-tuning-joint": planted(FineTuningJoint.self, noise: 0.001)
        case "model-selection": baseModels
        case "step-law-experts": expertRates
        case "critical-batch": batches
        case "gradient-noise-scale": gradients
        case "transfer-check": widths
        default: nil
        }
    }

    private static func name(_ law: String, _ place: Int) -> String {
        law == "model-selection"
            ? "base \(place / baseModelSizes), size \(place % baseModelSizes)" : "planted \(place)"
    }

    /// One finished run; a role goes by its own name, the loss is a metric.
    package static func line(
        _ name: String,
        _ values: [Role: Double],
        metrics: String? = nil,
        isRunning: Bool = false
    ) -> String {
        let params = values.filter { $0.key != .loss }
            .map { "\"\($0.key.rawValue)\":\"\($0.value)\"" }
        let loss = values[.loss].map { "\"loss\":{\"steps\":[1000],\"values\":[\($0)]}" }
        let end = isRunning ? "" : "\"endTime\":1700003600000000,"
        return "{\"name\":\"\(name)\",\"status\":\"\(isRunning ? "running" : "finished")\","
            + "\"startTime\":1700000000000000,\(end)\"params\":{"
            + params.sorted().joined(separator: ",") + "},\"tags\":{},\"metrics\":{"
            + (metrics ?? loss ?? "") + "}}"
    }

    private static func planted<L: NonlinearLaw>(
        _ law: L.Type,
        noise: Double
    ) -> [[Role: Double]] {
        var random = SplitMix64(seed: 7)
        return law.planted.settings.compactMap { settings in
            let run = Observation(runID: RunID(UUID()), runName: "", values: settings)
            guard let input = law.input(run) else { return nil }
            var gradient = Coordinates<L.Coordinate>()
            let value = law.logPrediction(input, law.planted.theta, &gradient)
            return settings.merging([law.planted.target: exp(value + noise * random.normal())]) {
                $1
            }
        }
    }

    private static var experts: [[Role: Double]] {
        planted(JointExperts.self, noise: 0.001).map { run in
            var run = run
            let ratio = 1 + 2.0 / 3 * ((run[.expertCount] ?? 1) - 1)
            run[.totalParameterCount] = (run[.activeParameterCount] ?? 1) * ratio
            run[.activeExpertCount] = 1
            return run
        }
    }

    /// A bowl about LR* and B* that follow powers of size and tokens.
    private static var rateSweep: [[Role: Double]] {
        var runs: [[Role: Double]] = []
        for n in [2e8, 8e8, 3.2e9] {
            for d in [1e10, 4e10, 1.6e11] {
                let center = (
                    2e-3 * pow(n / 8e8, -0.5) * pow(d / 4e10, 0.2), 5e5 * pow(d / 4e10, 0.5)
                )
                let level = 1.8 + 480 / pow(n, 0.35) + 2_100 / pow(d, 0.37)
                for run in bowl(center) {
                    var values: [Role: Double] = [.parameterCount: n, .tokenCount: d]
                    values.merge(run.settings) { $1 }
                    values[.loss] = level * (1 + run.excess)
                    runs.append(values)
                }
            }
        }
        return runs
    }

    private static var expertRates: [[Role: Double]] {
        var runs: [[Role: Double]] = []
        for active in [1e8, 3e8, 9e8] {
            for sparsity in [1.0, 4, 16] {
                for d in [1e10, 4e10] {
                    let rate = 2e-3 * pow(active / 3e8, -0.6) * pow(d / 2e10, 0.2)
                    let batch =
                        4e5 * pow(active * sparsity / 1.2e9, -0.25) * pow(d / 2e10, 0.55)
                    let level = 1.8 + 480 / pow(active, 0.35) + 2_100 / pow(d, 0.37)
                    for run in bowl((rate, batch)) {
                        var values: [Role: Double] = [
                            .totalParameterCount: active * sparsity,
                            .activeParameterCount: active, .tokenCount: d,
                        ]
                        values.merge(run.settings) { $1 }
                        values[.loss] = level * (1 + run.excess)
                        runs.append(values)
                    }
                }
            }
        }
        return runs
    }

    /// Six rates and five batches about a best rate and batch, with the loss they cost.
    private static func bowl(
        _ best: (rate: Double, batch: Double)
    ) -> [(settings: [Role: Double], excess: Double)] {
        (-3...2).flatMap { i in
            (-2...2).map { j in
                let x = (Double(i) + 0.4) * 0.5
                let y = (Double(j) + 0.2) * 0.6
                let settings: [Role: Double] = [
                    .peakLearningRate: best.rate * exp(x), .batchTokens: best.batch * exp(y),
                ]
                return (settings, 0.011 * x * x + 0.006 * y * y - 0.004 * x * y)
            }
        }
    }
}
