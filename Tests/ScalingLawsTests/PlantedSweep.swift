import Foundation
import Runs
import ScalingLaws

/// A sweep made from a known law: what the tests plant, the fits must find.
struct PlantedSweep {
    var sizes = [2.0e8, 4.0e8, 8.0e8, 1.6e9]
    var tokens = [8.0e9, 2.4e10, 7.2e10]
    /// At N = 5.66e8, D = 2.4e10; exponents of N and D.
    var learningRate = (value: 2.0e-3, n: -0.7, d: 0.25)
    var batch = (value: 4.5e5, n: -0.2, d: 0.6)
    var bowl = Bowl(
        learningRateCurvature: 0.014,
        learningRateSkew: 0.8,
        batchCurvature: 0.010,
        batchSkew: 0.3,
        ridgeSlope: 0.8,
        ridgeKnee: 0.8,
        ridgeSharpness: 3
    )
    var rateCount = 10
    var batchCount = 9
    /// Ratio between neighbours of the grid.
    var rateStep = 2.0.squareRoot()
    var batchStep = 1.5
    /// Standard deviation of ln loss.
    var noise = 0.0
    /// Standard deviation of each cell's own shift of ln LR* and ln B*.
    var scatter = 0.0
    var seed: UInt64 = 1

    static let middleN = 5.66e8
    static let middleD = 2.4e10

    func optimum(_ n: Double, _ d: Double) -> (rate: Double, batch: Double) {
        let (n, d) = (n / Self.middleN, d / Self.middleD)
        return (
            learningRate.value * pow(n, learningRate.n) * pow(d, learningRate.d),
            batch.value * pow(n, batch.n) * pow(d, batch.d)
        )
    }

    /// The loss at the optimum.
    func floor(_ n: Double, _ d: Double) -> Double {
        1.8 + 480 / pow(n, 0.35) + 2100 / pow(d, 0.37)
    }

    var observations: [Observation] {
        var random = SplitMix64(seed: seed)
        var result: [Observation] = []
        for n in sizes {
            for d in tokens {
                let shift = (random.normal() * scatter, random.normal() * scatter)
                for i in 0..<rateCount {
                    for j in 0..<batchCount {
                        let x = (Double(i) - Double(rateCount) / 2 + 0.3) * log(rateStep)
                        let y = (Double(j) - Double(batchCount) / 2 + 0.6) * log(batchStep)
                        let excess = bowl.excess(x: x - shift.0, y: y - shift.1)
                        let loss = floor(n, d) * exp(excess + random.normal() * noise)
                        result.append(run(result.count, n, d, x, y, loss))
                    }
                }
            }
        }
        return result
    }

    private func run(
        _ number: Int,
        _ n: Double,
        _ d: Double,
        _ x: Double,
        _ y: Double,
        _ loss: Double
    ) -> Observation {
        let best = optimum(n, d)
        return Observation(
            runID: Self.id(number),
            runName: "run \(number)",
            parameterCount: n,
            tokenCount: d,
            peakLearningRate: best.rate * exp(x),
            batchTokens: best.batch * exp(y),
            lossNats: loss
        )
    }

    static func id(_ number: Int) -> RunID {
        let digits = String(number + 1, radix: 16)
        return RunID(hex: String(repeating: "0", count: 32 - digits.count) + digits)
            ?? RunID(UUID())
    }

    static func request(
        _ observations: [Observation],
        estimator: Estimator? = nil,
        seed: UInt64 = 1
    ) -> FitRequest {
        var options = FitOptions()
        options.estimator = estimator
        return FitRequest(
            observations: observations,
            parameterConvention: "nonEmbedding",
            lossName: "loss",
            seed: seed,
            options: options
        )
    }

    func fit(_ estimator: Estimator? = nil) throws -> StepLawFit {
        try StepLaw.fit(Self.request(observations, estimator: estimator))
    }
}

func isClose(_ left: Double, _ right: Double, within tolerance: Double) -> Bool {
    abs(left - right) <= tolerance
}
