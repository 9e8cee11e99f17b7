import Foundation
import Runs
import ScalingLaws
import TestSupport
import Testing

/// Published rules on the public table, against independently computed regrets.
@Suite(.needsPublicData("steplaw/dense_lr_bs_loss.csv"))
struct PublishedRegretTests {
    private static let table = Result { try CellTable(observations: PublicStepLawTests.read()) }

    /// Layers and width of the table's models, by model size.
    private static let shapes: [(parameters: Double, layers: Double, width: Double)] = [
        (214_663_680, 7, 960), (268_304_384, 8, 1024), (429_260_800, 10, 1280),
        (536_872_960, 13, 1280), (1_073_741_824, 16, 2048),
    ]

    @Test func `DeepSeek's rule costs 0.615 % with compute counted as in its paper`() throws {
        let table = try Self.table.get()
        let law = try #require(PublishedLaws.all.first { $0.id == "deepseek-nonembedding" })
        let score = RegretScorer(table).score { index in
            let cell = table.cells[index]
            let shape = Self.shapes.min {
                abs($0.parameters - cell.parameterCount) < abs($1.parameters - cell.parameterCount)
            }
            let question = PublishedLaw.Question(
                parameterCount: cell.parameterCount,
                tokenCount: cell.tokenCount,
                fittedBatchTokens: 5e5,
                fittedLearningRate: 1e-3,
                lossNats: nil,
                givenBatchTokens: nil,
                flopsPerToken: shape.map {
                    72 * $0.layers * $0.width * $0.width + 12 * $0.layers * $0.width * 2048
                }
            )
            guard case .point(let rate?, let batch?) = law.answer(question) else { return nil }
            return (log(rate), log(batch))
        }
        #expect(isClose(try #require(score.snap).mean, 0.615, within: 0.01))
    }

    @Test func `rules that scale from a run never see the run of their own cell`() throws {
        let fit = try StepLaw.fit(PlantedSweep.request(PublicStepLawTests.read()))
        for id in ["linear-scaling", "sqrt-scaling", "power-lines", "mm1"] {
            let rival = try #require(fit.rivals.first { $0.id == id })
            #expect(rival.answeredCells == 17)
            let own = fit.crossValidation.interpolated.mean
            #expect(try #require(rival.interpolated).mean > own)
        }
    }
}
