import Foundation
import Runs
import ScalingLaws

/// The annealing law fitted on the two shorter trainings of each setting and asked for the end of
/// the longest, beside naive rules.
struct AnnealingBenchmark {
    let runs: [ForecastRequest.Peer]

    private struct Errors {
        var refused = 0
        var law: [Double] = []
        var last: [Double] = []
        var line: [Double] = []

        mutating func add(_ error: Double?, ends: [Double]) {
            guard let error else { return refused += 1 }
            law.append(error)
            last.append(ends[1] - ends[2])
            line.append(2 * ends[1] - ends[0] - ends[2])
        }

        func print(_ name: String) {
            let texts = [law, line, last].map { AnnealingBenchmark.text($0) }
            Swift.print(name, law.count, refused, texts.joined(separator: "  "))
        }
    }

    func run() throws {
        let settings = Dictionary(grouping: runs) { Self.values($0, Self.setting) }
        let cells = Dictionary(grouping: runs) { Self.values($0, Self.cell) }
        var tuned = Errors()
        var high = Errors()
        for (_, group) in settings.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
        where group.count == 3 {
            let group = group.sorted { $0.horizonSteps < $1.horizonSteps }
            let ends = group.map { log($0.finalLossNats) }
            // The best rate as it is known before the longest run: at the length of the second.
            let best = cells[Self.values(group[1], Self.cell)]?
                .min { $0.finalLossNats < $1.finalLossNats }
            let limit = (best?.settings[.peakLearningRate] ?? 0) * 1.001
            if group[1].settings[.peakLearningRate] ?? 0 <= limit {
                tuned.add(error(group), ends: ends)
            } else {
                high.add(error(group), ends: ends)
            }
        }
        print("annealing law: settings, refused; error (bias) of the longest run's end in %: law,")
        print("line over the lengths in ln, end of the run of half the length")
        tuned.print("peak rates up to the best of size and batch:")
        high.print("higher peak rates:")
    }

    private static let setting = [Role.parameterCount, .batchTokens, .peakLearningRate]
    private static let cell = [Role.parameterCount, .batchTokens, .tokenCount]

    private static func values(_ run: ForecastRequest.Peer, _ roles: [Role]) -> [Double] {
        roles.map { run.settings[$0] ?? 0 }
    }

    private func error(_ group: [ForecastRequest.Peer]) -> Double? {
        let seen = group.enumerated().map { Self.observation($1, number: UInt8($0)) }
        var options = FitOptions()
        options.drawCount = 40
        guard
            let fit = try? Annealing.fit(
                FitRequest(observations: Array(seen.prefix(2)), options: options)
            ), let input = AnnealingForm.input(seen[2])
        else { return nil }
        var gradient = Coordinates<AnnealingForm.Coordinate>()
        let value = AnnealingForm.logPrediction(input, Coordinates(fit.theta), &gradient)
        return value.isFinite ? value - log(group[2].finalLossNats) : nil
    }

    /// Held-out losses at the steps where the rate was logged, NaN elsewhere.
    private static func observation(_ run: ForecastRequest.Peer, number: UInt8) -> Observation {
        let dense = run.trainingCurve ?? run.curve
        let losses = Dictionary(
            zip(run.curve.steps, run.curve.lossNats),
            uniquingKeysWith: { first, _ in first }
        )
        return Observation(
            runID: RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number))),
            runName: run.runName,
            values: [.loss: run.finalLossNats],
            curve: LossCurve(
                steps: dense.steps,
                lossNats: dense.steps.map { losses[$0] ?? .nan },
                learningRates: dense.learningRates
            )
        )
    }

    private static func text(_ errors: [Double]) -> String {
        let count = Double(max(errors.count, 1))
        return String(
            format: "%.2f (%+.2f)",
            100 * errors.reduce(0) { $0 + abs($1) } / count,
            100 * errors.reduce(0, +) / count
        )
    }
}
