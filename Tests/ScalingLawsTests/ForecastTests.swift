import Compression
import Foundation
import Importers
import Runs
import ScalingLaws
import Testing

/// Curves with a known end: L = 1.8 + A·s^−0.4 over the share s, A and the end's level set by the
/// run's settings, times noise.
struct PlantedCurves {
    var noise = 0.003
    var seed: UInt64 = 1

    func runs(_ count: Int) -> [ForecastRequest.Peer] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { index in
            let rate = 1e-4 * pow(2, random.uniform() * 5)
            let size = 1e8 * pow(2, random.uniform() * 4)
            return run("run \(index)", rate: rate, size: size, &random)
        }
    }

    func run(
        _ name: String,
        rate: Double,
        size: Double,
        _ random: inout SplitMix64
    ) -> ForecastRequest.Peer {
        let far = log(rate / 6e-4)
        let steps = (1...40).map { Double($0) * 25 }
        let losses = steps.map { step in
            let share = step / 1000
            let level = 1.8 + 40 / pow(size, 0.25) + 0.05 * far * far
            return (level + (0.3 + 0.1 * far) * (pow(share, -0.4) - 1))
                * exp(noise * random.normal())
        }
        return ForecastRequest.Peer(
            runName: name,
            curve: LossCurve(steps: steps, lossNats: losses),
            horizonSteps: 1000,
            finalLossNats: losses[39],
            settings: [.peakLearningRate: rate, .parameterCount: size]
        )
    }
}

/// The recorded example, read as the product reads it.
enum RecordedExample {
    static let runs: [ForecastRequest.Peer] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appending(path: "examples/tiny-lm/logs/sweep.jsonl.gz").path
        guard let data = FileManager.default.contents(atPath: path),
            let bytes = try? Gzip.decompress([UInt8](data), limit: 1 << 28),
            let outcome = try? JSONLinesImporter.read(
                bytes,
                options: ImportOptions(),
                progress: { _ in }
            ),
            let size = try? Runs.Expression(parsing: "nonEmbeddingParameterCount"),
            let tokens = try? Runs.Expression(parsing: "train_tokens"),
            let rate = try? Runs.Expression(parsing: "learning_rate"),
            let batch = try? Runs.Expression(parsing: "global_batch_size * seq_length")
        else { return [] }
        return outcome.runs.compactMap {
            ForecastRequest.Peer(
                $0,
                settings: [
                    .parameterCount: size, .tokenCount: tokens, .peakLearningRate: rate,
                    .batchTokens: batch,
                ]
            )
        }
    }()

    static func cell(_ run: ForecastRequest.Peer) -> String {
        "\(run.settings[.parameterCount] ?? 0) \(run.settings[.tokenCount] ?? 0)"
    }
}

@Suite struct ForecastTests {
    @Test func `Planted ends are found within the band, far better than by naive rules`() throws {
        let runs = PlantedCurves().runs(40)
        let score = ForecastScorer(runs: runs).score(at: 0.5)
        #expect(score.runs == 40)
        #expect(score.coverage >= 0.8)
        #expect(score.meanAbsolutePercent < 0.6)
        let naive = try #require(score.baselinePercent.values.min())
        #expect(score.meanAbsolutePercent < 0.5 * naive)
    }

    @Test func `On recorded runs of settings never seen the band covers nine of ten ends`() throws {
        let all = RecordedExample.runs
        try #require(all.count == 304)
        let cells = Set(all.map(RecordedExample.cell)).sorted()
        try #require(cells.count == 9)
        let scored = ForecastScorer(
            runs: all,
            group: { RecordedExample.cell($0) }
        ).forecasts(at: 0.5, every: 10)
        #expect(scored.count > 28)
        let covered = Double(scored.count(where: \.isCovered)) / Double(scored.count)
        #expect(covered > 0.82 && covered <= 1)
        let error = scored.reduce(0) { $0 + abs($1.logError) } / Double(scored.count)
        let naive =
            scored.reduce(0) { sum, one in
                let ratio = one.forecast.baselines.last?.finalLossNats ?? .nan
                return sum + abs(log(ratio / one.run.finalLossNats))
            } / Double(scored.count)
        #expect(error < 0.01)
        #expect(error < 0.5 * naive)
    }

    @Test func `Units of settings change nothing`() throws {
        let runs = PlantedCurves().runs(20)
        var request = ForecastScorer.cut(runs[0], at: 0.4)
        request.peers = Array(runs.dropFirst())
        let first = try Forecaster.forecast(request)
        request.settings[.parameterCount]? *= 1e-6
        for index in request.peers.indices {
            request.peers[index].settings[.parameterCount]? *= 1e-6
        }
        let second = try Forecaster.forecast(request)
        #expect(abs(first.finalLoss.value / second.finalLoss.value - 1) < 1e-6)
        #expect(abs(first.finalLoss.low / second.finalLoss.low - 1) < 1e-6)
        #expect(try Forecaster.forecast(request) == second)
    }

    @Test func `The path begins at the loss now and ends at the forecast`() throws {
        let runs = PlantedCurves(noise: 0).runs(12)
        for count in [0, 3, 11] {
            var request = ForecastScorer.cut(runs[0], at: 0.5)
            request.peers = Array(runs.dropFirst().prefix(count))
            let forecast = try Forecaster.forecast(request)
            #expect(forecast.path.count <= 120)
            #expect(forecast.path.first?.step == forecast.observedSteps)
            #expect(forecast.path.last?.value == forecast.finalLoss.value)
            #expect(forecast.path.last?.low == forecast.finalLoss.low)
            let isOrdered = forecast.path.allSatisfy { $0.low <= $0.value && $0.value <= $0.high }
            #expect(isOrdered)
            #expect(forecast.peers == count)
        }
    }

    @Test func `Without finished runs the band is wide, says so, and nothing is stopped`() throws {
        let runs = PlantedCurves().runs(30)
        var warm = ForecastScorer.cut(runs[0], at: 0.5)
        warm.peers = Array(runs.dropFirst())
        warm.baselineLossNats = 0.5
        var cold = warm
        cold.peers = []
        let known = try Forecaster.forecast(warm)
        let alone = try Forecaster.forecast(cold)
        let width = { (forecast: Forecast) in
            log(forecast.finalLoss.high / forecast.finalLoss.low)
        }
        #expect(width(alone) > 3 * width(known))
        #expect(alone.warnings.contains { $0.contains("No finished run") })
        #expect(alone.stop?.isAdvised == false)
        #expect(known.stop?.isAdvised == true)
        #expect(alone.finalLoss.low < runs[0].finalLossNats)
        #expect(alone.finalLoss.high > runs[0].finalLossNats)
    }

    @Test func `Finished runs of another schedule are not asked`() throws {
        var runs = PlantedCurves().runs(20)
        for index in runs.indices {
            let schedule = LearningRateSchedule(
                shape: index == 0 ? .constant : .cosine,
                peak: 1e-3,
                horizonSteps: 1000
            )
            runs[index].curve.learningRates = runs[index].curve.steps.map(schedule.rate)
        }
        var request = ForecastScorer.cut(runs[0], at: 0.5)
        request.peers = Array(runs.dropFirst())
        let forecast = try Forecaster.forecast(request)
        #expect(forecast.peers == 0)
        #expect(forecast.warnings.contains { $0.contains("another learning-rate schedule") })
    }

    @Test func `A shape of the schedule is read from the logged rates`() throws {
        let steps = (1...30).map { Double($0) * 20 }
        for shape in [LearningRateSchedule.Shape.linear, .cosine] {
            let planted = LearningRateSchedule(
                shape: shape,
                peak: 3e-4,
                final: 3e-5,
                warmupSteps: 50,
                horizonSteps: 1000
            )
            let found = try #require(
                LearningRateSchedule(
                    rates: steps.map(planted.rate),
                    steps: steps,
                    horizon: 1000
                )
            )
            #expect(found.shape == shape)
            for step in [100.0, 700, 900, 1000] {
                #expect(abs(found.rate(at: step) - planted.rate(at: step)) < 0.03 * 3e-4)
            }
        }
        // At its peak nobody knows whether it will decay.
        let flat = LearningRateSchedule(
            rates: steps.map { _ in 1e-3 },
            steps: steps,
            horizon: 1000
        )
        #expect(flat == nil)
    }
}
