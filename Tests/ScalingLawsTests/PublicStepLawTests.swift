import Foundation
import Importers
import Runs
import ScalingLaws
import TestSupport
import Testing

/// The public Step Law table, read where it lies: issue's bars and independently computed numbers.
@Suite(.needsPublicData("steplaw/dense_lr_bs_loss.csv"))
struct PublicStepLawTests {
    private static let observations = Result { try read() }
    private static let byDefault = Result {
        try StepLaw.fit(PlantedSweep.request(observations.get()))
    }

    static func read() throws -> [Observation] {
        let path = try #require(PublicData.path("steplaw/dense_lr_bs_loss.csv"))
        let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
        let options = ImportOptions(preset: "step-law")
        let outcome = try CSVImporter.read(bytes, options: options, progress: { _ in })
        return try outcome.runs.enumerated().map { index, run in
            func param(_ role: Role) throws -> Double {
                try #require(run.params[role.rawValue].flatMap(Double.init))
            }
            return Observation(
                runID: PlantedSweep.id(index),
                runName: run.name,
                parameterCount: try param(.parameterCount),
                tokenCount: try param(.tokenCount),
                peakLearningRate: try param(.peakLearningRate),
                batchTokens: try param(.batchTokens),
                lossNats: run.series["loss"]?.values.last ?? .nan
            )
        }
    }

    @Test func `seventeen cells, 1,911 runs and 181 diverged ones are found`() throws {
        let fit = try Self.byDefault.get()
        #expect(fit.cells.count == 17)
        #expect(fit.runCount == 1_911)
        #expect(fit.divergedCount == 181)
        #expect(fit.stability != nil)
    }

    @Test func `the default recommendation costs less on left-out cells than the bar`() throws {
        let score = try Self.byDefault.get().crossValidation
        #expect(score.snap.mean <= 0.075)
        #expect(score.interpolated.mean <= 0.095)
        #expect(score.perCell.count == 17)
    }

    /// laws-hyperparameter, method B with equal cell weights: 84.7, -0.797, +0.219; 0.321, 0.595;
    /// N exponent of the batch -0.270.
    @Test func `the band gives the independently computed coefficients`() throws {
        let fit = try StepLaw.fit(
            PlantedSweep.request(Self.observations.get(), estimator: .band)
        )
        let rate = fit.learningRate
        let rateN = try #require(rate.parameterExponent).value
        #expect(isClose(rateN, -0.797, within: 0.001))
        #expect(isClose(rate.tokenExponent.value, 0.219, within: 0.001))
        let constant =
            log(rate.atPivot.value) - rateN * log(fit.pivot.parameterCount)
            - rate.tokenExponent.value * log(fit.pivot.tokenCount)
        #expect(isClose(exp(constant), 84.7, within: 0.3))
        #expect(isClose(try #require(fit.batch.parameterExponent).value, -0.270, within: 0.001))
        #expect(isClose(fit.crossValidation.snap.mean, 0.064, within: 0.001))
        #expect(isClose(fit.crossValidation.interpolated.mean, 0.085, within: 0.003))
        let tokens = try #require(fit.batchFormScores.first { $0.form == .tokens })
        #expect(isClose(tokens.snap.mean, 0.095, within: 0.002))
    }

    @Test(arguments: [
        ("deepseek", 0.756, 0.01), ("porian", 0.743, 0.005), ("bjorck", 0.911, 0.005),
        ("moonlight", 1.047, 0.05), ("kaplan-rate", 4.89, 0.01), ("step-law-published", 0.1, 0.006),
    ])
    func `published laws cost what was computed independently`(
        id: String,
        snap: Double,
        tolerance: Double
    ) throws {
        let rival = try #require(try Self.byDefault.get().rivals.first { $0.id == id })
        #expect(isClose(try #require(rival.snap).mean, snap, within: tolerance))
    }

    @Test func `the law beats its baselines`() throws {
        let fit = try Self.byDefault.get()
        let own = fit.crossValidation.interpolated.mean
        #expect(fit.baselines.count == 2)
        #expect(fit.baselines.allSatisfy { $0.interpolated.mean > 1.5 * own })
    }

    @Test func `shuffled losses do not pass the bar`() throws {
        var random = SplitMix64(seed: 11)
        let runs = try Self.observations.get()
        let cells = Dictionary(grouping: runs.indices) { index in
            [runs[index].parameterCount, runs[index].tokenCount]
        }
        var shuffled = runs
        for indices in cells.sorted(by: { $0.value[0] < $1.value[0] }).map(\.value) {
            let losses = indices.map { runs[$0].lossNats }.shuffled(using: &random)
            for (index, loss) in zip(indices, losses) { shuffled[index].lossNats = loss }
        }
        let fit = try StepLaw.fit(PlantedSweep.request(shuffled))
        #expect(fit.crossValidation.interpolated.mean > 0.3)
    }
}
