import Foundation
import Runs
import ScalingLaws

/// Steps to target losses made from known hyperbolas.
struct PlantedBatches {
    /// B_crit = level·(N / 3e8)^exponent, in tokens.
    var level = 2.6e6
    var exponent = 0.6
    var sizes = [8.0e7, 1.5e8, 3.0e8, 6.0e8, 1.2e9]
    var batches = (0..<9).map { 32_768 * pow(2, Double($0)) }
    /// Standard deviation of ln steps.
    var noise = 0.0
    /// Standard deviation of each group's own shift of ln B_crit.
    var scatter = 0.0
    var seed: UInt64 = 1

    func critical(_ size: Double) -> Double { level * pow(size / 3e8, exponent) }
    func minimumSteps(_ size: Double) -> Double { 2_000 * pow(size / 3e8, 0.4) }
    func target(_ size: Double) -> Double { 3 * pow(size / 3e8, -0.07) }

    var observations: [Observation] {
        var random = SplitMix64(seed: seed)
        var result: [Observation] = []
        for size in sizes {
            let critical = critical(size) * exp(scatter * random.normal())
            for batch in batches {
                let steps = minimumSteps(size) * (1 + critical / batch)
                result.append(
                    Self.run(
                        result.count,
                        size: size,
                        target: target(size),
                        batch: batch,
                        steps: steps * exp(noise * random.normal())
                    )
                )
            }
        }
        return result
    }

    static func run(
        _ number: Int,
        size: Double,
        target: Double,
        batch: Double,
        steps: Double
    ) -> Observation {
        Observation(
            runID: PlantedSweep.id(number),
            runName: "run \(number)",
            values: [
                .parameterCount: size, .targetLoss: target, .batchTokens: batch, .stepCount: steps,
            ]
        )
    }

    static func fit(
        _ observations: [Observation],
        anchor: Double? = nil,
        draws: Int = 400,
        seed: UInt64 = 1
    ) throws -> CriticalBatchFit {
        var options = FitOptions()
        options.anchorBatchTokens = anchor
        options.drawCount = draws
        return try CriticalBatch.fit(
            FitRequest(observations: observations, seed: seed, options: options)
        )
    }
}
