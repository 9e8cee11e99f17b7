import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct ExpertAdviceTests {
    private static let fit: Result<NonlinearFit, FitError> = Result {
        () throws(FitError) in
        let runs = PlantedLaw.runs(JointExperts.self, noise: 0.001).map { run in
            var run = run
            // Two of three parameters sit in experts of which one works on a token.
            let ratio = 1 + 2.0 / 3 * (run[.expertCount] - 1)
            run[.totalParameterCount] = run[.activeParameterCount] * ratio
            run[.activeExpertCount] = 1
            return run
        }
        var request = PlantedSweep.request(runs)
        request.options.drawCount = 60
        return try JointExperts.fit(request)
    }

    private func advice(_ values: [Question.Field: Double]) throws -> Advice {
        try JointExperts.advise(Question(values), from: Self.fit.get())
    }

    private func value(_ advice: Advice, _ name: String) throws -> Double {
        try #require(advice.quantities.first { $0.name == name }).value
    }

    @Test func `the choice is the least loss of an exhaustive search`() throws {
        let fit = try Self.fit.get()
        let budget = 3e20
        let served = 2e10
        let memory = 1.5e10
        let advice = try advice([.flops: budget, .inferenceTokens: served, .memoryBytes: memory])
        let loss = try value(advice, "lossNats")
        var least = Double.infinity
        for experts in [1.0, 2, 4, 8, 16, 32, 64] {
            for step in 0..<3000 {
                let active = 3e6 * pow(6000, Double(step) / 3000)
                let total = active * (1 + 2.0 / 3 * (experts - 1))
                let tokens = (budget - 2 * active * served) / (6 * active)
                guard total * 2 <= memory, 1e8...1.5e12 ~= tokens else { continue }
                let values: [Role: Double] = [
                    .activeParameterCount: active, .tokenCount: tokens, .expertCount: experts,
                ]
                let run = Observation(runID: PlantedSweep.id(0), runName: "", values: values)
                var gradient = Coordinates<JointExperts.Coordinate>()
                let input = try #require(JointExperts.input(run))
                let value = JointExperts.logPrediction(input, Coordinates(fit.theta), &gradient)
                least = min(least, exp(value))
            }
        }
        #expect(abs(loss / least - 1) < 1e-4, "\(loss), \(least)")
        #expect(try value(advice, "memoryBytes") <= memory * (1 + 1e-9))
        let cost = try value(advice, "trainingFLOPs") + value(advice, "inferenceFLOPs")
        #expect(abs(cost / budget - 1) < 1e-9)
    }

    @Test func `less memory means fewer parameters and never a lower loss`() throws {
        var last = 0.0
        for memory in [1e12, 1e10, 2e9, 5e8] {
            let advice = try advice([.flops: 3e20, .memoryBytes: memory])
            #expect(try value(advice, "parameters") * 2 <= memory * (1 + 1e-9))
            let loss = try value(advice, "lossNats")
            #expect(loss >= last)
            last = loss
        }
    }

    @Test func `serving more tokens makes the model smaller`() throws {
        let idle = try advice([.flops: 3e20])
        let busy = try advice([.flops: 3e20, .inferenceTokens: 1e12])
        #expect(
            try value(busy, "activeParameters") < 0.7 * value(idle, "activeParameters")
        )
    }

    @Test func `a dense model of equal loss is said to cost more compute`() throws {
        let advice = try advice([.flops: 3e20])
        let dense = try #require(advice.rivals.first { $0.id == "dense" })
        #expect(try #require(dense.extraComputePercent) > 10)
        let own = try value(advice, "lossNats")
        #expect(try #require(dense.quantities.first { $0.name == "lossNats" }).value > own)
        #expect(advice.tables.count == 2)
    }

    @Test func `a budget that nothing fits is refused with its numbers`() throws {
        let fit = try Self.fit.get()
        #expect(throws: RecommendError.self) {
            try JointExperts.advise(Question([.flops: 3e20, .memoryBytes: 100]), from: fit)
        }
        #expect(throws: RecommendError.self) {
            try JointExperts.advise(Question([.memoryBytes: 1e10]), from: fit)
        }
        #expect(throws: RecommendError.self) {
            try JointExperts.advise(Question([.flops: 1e308]), from: fit)
        }
    }

    @Test func `upcycling wins until the planted break-even and not beyond`() throws {
        var request = PlantedSweep.request(PlantedLaw.runs(Upcycling.self, noise: 0.0005))
        request.options.drawCount = 60
        let fit = try Upcycling.fit(request)
        let truth = UpcyclingTruth()
        let breakEven = try #require(truth.breakEven(dense: 1e10))
        let early = try Upcycling.advise(
            Question([.denseTokens: 1e10, .tokens: breakEven / 8]),
            from: fit
        )
        #expect(early.statement.hasPrefix("Upcycle"))
        #expect(try value(early, "upcyclingWinsProbability") > 0.9)
        let found = try value(early, "breakEvenTokens")
        #expect(abs(log(found / breakEven)) < 0.3, "\(found), \(breakEven)")
        let late = try Upcycling.advise(
            Question([.denseTokens: 1e10, .tokens: breakEven * 8]),
            from: fit
        )
        #expect(late.statement.hasPrefix("Train from scratch"))
    }
}

/// The planted world's own losses, from its coordinates.
private struct UpcyclingTruth {
    func gap(_ dense: Double, _ tokens: Double) -> Double {
        let (d, t) = (log(dense / 2e10), log(tokens / 2e10))
        let theta = Upcycling.planted.theta
        let upcycled =
            exp(
                theta[.logA] - theta[.alpha1] * d - theta[.alpha2] * t + theta[.alpha3] * d * t
            ) + exp(theta[.logB] - theta[.alpha4] * t)
        return upcycled - exp(theta[.logS] - theta[.sigma] * t)
    }

    func breakEven(dense: Double) -> Double? {
        let lengths = (0...4000).map { 1e8 * pow(2.5e4, Double($0) / 4000) }
        return zip(lengths, lengths.dropFirst()).first {
            gap(dense, $0.0) < 0 && gap(dense, $0.1) >= 0
        }?.0
    }
}
