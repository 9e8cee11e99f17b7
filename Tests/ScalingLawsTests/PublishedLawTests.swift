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
                givenBatchTokens: nil,
                reference: .init(
                    runName: "reference",
                    tokenCount: 2e10,
                    peakLearningRate: 1e-3,
                    batchTokens: 1e6
                ),
                weightDecay: 0.1
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

    /// By hand from the printed formulas.
    @Test(arguments: [
        ("mm1", 1e9, 2e10, 9.28e-5), ("power-scheduler", 1e9, 2e10, 2.72e-3),
        ("moonlight", 1e9, 2e10, 9.1e-4), ("linear-scaling", 1e9, 2e10, 5e-4),
        ("sqrt-scaling", 1e9, 2e10, 7.07e-4), ("power-lines", 1e9, 2e10, 2.24e-3),
    ])
    func `rules with one answer give the printed rate`(
        id: String,
        n: Double,
        d: Double,
        rate: Double
    ) throws {
        guard case .point(let own, _) = try answer(id, n, d) else {
            Issue.record("\(id) refused")
            return
        }
        #expect(isClose(try #require(own) / rate, 1, within: 0.02))
    }

    @Test func `the batch of Power Lines grows with the tokens of the reference run`() throws {
        guard case .point(_, let batch) = try answer("power-lines", 1e9, 2e11) else {
            Issue.record("refused")
            return
        }
        #expect(isClose(try #require(batch), 1e6 * pow(10, 0.383), within: 1))
        #expect(isClose(PublishedLaws.powerLinesTau(20), 0.2236, within: 1e-4))
    }

    @Test func `counting attention makes DeepSeek's compute larger and its rate smaller`() throws {
        guard case .point(let whole, let wholeBatch) = try answer("deepseek", 1e9, 2e10),
            case .point(let part, let partBatch) = try answer("deepseek-nonembedding", 1e9, 2e10)
        else {
            Issue.record("refused")
            return
        }
        #expect(try #require(part) < #require(whole))
        #expect(try #require(partBatch) > #require(wholeBatch))
    }

    @Test func `every rule has a card that says equation, symbols, range and traps`() {
        #expect(Set(publishedRules.map(\.id)).count == PublishedLaws.all.count)
        for card in publishedRules {
            #expect(card.kind == .rule && card.parameters.isEmpty)
            #expect(!card.equation.isEmpty && !card.symbols.isEmpty && !card.answers.isEmpty)
            #expect(!card.validity.isEmpty && card.note?.isEmpty == false)
            #expect(lawCards.contains(card))
        }
        #expect(Set(lawCards.map(\.id)).count == lawCards.count)
    }

    @Test func `a rule far outside its sizes says so`() throws {
        let law = try #require(PublishedLaws.all.first { $0.id == "porian" })
        #expect(law.rangeNote(parameterCount: 5e7) == nil)
        #expect(law.rangeNote(parameterCount: 1.1e9)?.contains("10.0 times above") == true)
        #expect(law.rangeNote(parameterCount: 1e300) != nil)
    }

    @Test func `Kaplan's learning rate is refused where it is negative`() throws {
        guard case .refused(let reason) = try answer("kaplan-rate", 2e10, 1e12) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("1.2e10"))
    }
}
