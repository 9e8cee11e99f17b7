import Foundation
import ScalingLaws
import Testing

@Suite struct PublishedLawTests {
    private func answer(_ id: String, _ n: Double, _ d: Double) throws -> PublishedLaw.Answer {
        let law = try #require(PublishedLaws.all.first { $0.id == id })
        return law.answer(
            PublishedLaw.Question(
                parameterCount: n,
                tokenCount: d,
                fittedBatchTokens: 5e5,
                fittedLearningRate: 1e-3,
                lossNats: 2.5,
                givenBatchTokens: nil
            )
        )
    }

    /// Values computed from the printed formulas, two or three digits.
    @Test(arguments: [
        ("step-law-published", 1e9, 2e10, 1.00e-3, 0.44e6),
        ("step-law-published", 7e9, 2e12, 1.02e-3, 6.1e6),
        ("deepseek", 1e9, 2e10, 9.6e-4, 1.08e6),
        ("deepseek", 7e9, 1.4e11, 5.9e-4, 3.86e6),
        ("porian", 1e9, 2e10, 2.1e-3, 1.61e6),
        ("bjorck", 7e9, 2e12, 8.7e-5, 0.5e6),
        ("olmo-ladder", 7e9, 1.4e11, 1.2e-3, 5.3e6),
    ])
    func `published laws give the values of their papers`(
        id: String,
        n: Double,
        d: Double,
        rate: Double,
        batch: Double
    ) throws {
        guard case .point(let ownRate, let ownBatch) = try answer(id, n, d) else {
            Issue.record("\(id) refused")
            return
        }
        #expect(isClose(try #require(ownRate) / rate, 1, within: 0.04))
        #expect(isClose(try #require(ownBatch) / batch, 1, within: 0.04))
    }

    @Test func `Kaplan's learning rate is refused where it is negative`() throws {
        guard case .refused(let reason) = try answer("kaplan", 2e10, 1e12) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("1.2e10"))
    }
}
