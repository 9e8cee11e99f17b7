import Foundation
import Runs
import ScalingLaws
import Testing

/// Which quantities of a question a law reads: those it declares change some answer, the others
/// change none.
@Suite struct AdviceReadsTests {
    private typealias Asked = [Question.Field: Double]
    private static let allocating = lawCatalogue.compactMap { $0 as? any AllocatingLaw.Type }

    private static func request(_ runs: [Observation]) -> FitRequest {
        var options = FitOptions()
        options.drawCount = 20
        return FitRequest(observations: runs, options: options)
    }

    /// A value of each quantity that no question below gives.
    private static func other(_ field: Question.Field) -> Double {
        switch field {
        case .parameters: 7.7e8
        case .activeParameters: 3.3e8
        case .tokens: 3.1e10
        case .flops: 3.7e20
        case .batchTokens: 7.7e5
        case .sequenceLength: 65_536
        case .inferenceTokens: 7e11
        case .uniqueTokens: 2.9e9
        case .targetLoss: 2.9
        case .wastePercent: 37
        case .experts: 8
        case .memoryBytes: 2e9
        case .tokensPerSecond: 31_000
        case .devices: 48
        case .maximumBatchTokens: 1.1e5
        case .stepOverheadSeconds: 0.7
        case .denseTokens: 3e11
        case .fineTuningTokens: 3.3e7
        case .learningRate: 3.3e-4
        case .steps: 17_000
        }
    }

    /// nil where the law refuses; the question itself is no part of the answer.
    private static func answer<L: AdvisingLaw>(
        _ law: L.Type,
        _ fit: L.Fit,
        _ asked: Asked
    ) -> Advice? {
        do {
            var advice = try law.advise(Question(asked), from: fit)
            advice.question = Question()
            return advice
        } catch {
            return nil
        }
    }

    private static func check<L: AdvisingLaw>(
        _ law: L.Type,
        _ fit: L.Fit,
        _ questions: [Asked]
    ) throws {
        let answers = try questions.map { asked in
            try #require(answer(law, fit, asked), "\(law.card.id) \(asked)")
        }
        for field in Question.Field.allCases {
            let changed = zip(questions, answers).contains { asked, known in
                var more = asked
                more[field] = other(field)
                return answer(law, fit, more) != known
            }
            let isRead = law.reads.contains(field)
            #expect(changed == isRead, "\(law.card.id) \(field)")
        }
    }

    @Test(arguments: allocating.indices)
    func `laws of size and tokens read what they declare`(index: Int) throws {
        let law = Self.allocating[index]
        try Self.checkAllocating(law)
    }

    private static func checkAllocating<L: AllocatingLaw>(_ law: L.Type) throws {
        let fit = try law.fit(request(PlantedLaw.runs(law, noise: 0.002)))
        try check(law, fit, [[.flops: 1e21], [.parameters: 1e9, .tokens: 2e10]])
    }

    @Test func `the stack and the profiles read what they declare`() throws {
        let runs = PlantedLaw.runs(Chinchilla.self, noise: 0.003)
        let stack = try Stack.fit(Self.request(runs))
        try Self.check(Stack.self, stack, [[.flops: 1e21]])
        let parabolas = [1e19, 1e20, 1e21].flatMap { budget in
            (-3...3).map { step in
                let offset = Double(step) * 0.4
                let size = 2e8 * (budget / 1e20).squareRoot() * exp(offset)
                return Observation(
                    runID: PlantedSweep.id(step + 4 + Int(log10(budget)) * 10),
                    runName: "run",
                    values: [
                        .parameterCount: size, .tokenCount: budget / 6 / size,
                        .loss: 1.7 + 1.1 * pow(budget / 1e20, -0.15) + 0.06 * offset * offset,
                    ]
                )
            }
        }
        let profiles = try IsoFLOP.fit(Self.request(parabolas))
        try Self.check(IsoFLOP.self, profiles, [[.flops: 1e21]])
    }

    @Test func `laws of mixtures read what they declare`() throws {
        let runs = PlantedLaw.runs(JointExperts.self, noise: 0.001).map { run in
            var run = run
            run[.totalParameterCount] =
                run[.activeParameterCount] * (1 + 2.0 / 3 * (run[.expertCount] - 1))
            run[.activeExpertCount] = 1
            return run
        }
        let joint = try JointExperts.fit(Self.request(runs))
        try Self.check(JointExperts.self, joint, [[.flops: 3e20], [.tokens: 2e10]])
        let upcycling = try Upcycling.fit(Self.request(PlantedLaw.runs(Upcycling.self)))
        try Self.check(Upcycling.self, upcycling, [[.denseTokens: 1e11, .tokens: 5e10]])
        let rates = try ExpertStepLaw.fit(
            Self.request(ExpertRateTests.Mixture().observations)
        )
        let sizes: Asked = [.parameters: 1.2e9, .activeParameters: 3e8]
        try Self.check(
            ExpertStepLaw.self,
            rates,
            [
                sizes.merging([.tokens: 2e10]) { $1 }, sizes.merging([.flops: 4e19]) { $1 },
            ]
        )
    }

    @Test func `laws of fine-tuning read what they declare`() throws {
        let rectified = try RectifiedLaw.fit(Self.request(PlantedLaw.runs(RectifiedLaw.self)))
        try Self.check(RectifiedLaw.self, rectified, [[.fineTuningTokens: 1e7]])
        let joint = try FineTuningJoint.fit(Self.request(PlantedLaw.runs(FineTuningJoint.self)))
        try Self.check(
            FineTuningJoint.self,
            joint,
            [[.parameters: 4e9, .fineTuningTokens: 2e7]]
        )
        let bases = (0..<24).map { place in
            let (model, size) = (Double(place / 6), Double(place % 6))
            let tokens = 2e5 * exp2(size)
            let learned = exp(0.6 * log((5e5 + 4e5 * model) / 1e7))
            let loss = 0.5 / (learned + exp(0.6 * log(tokens / 1e7))) + 1.5 - 0.09 * model
            return Observation(
                runID: PlantedSweep.id(place),
                runName: "base \(place / 6)",
                values: [
                    .parameterCount: 1e8 * pow(1.5, model), .fineTuningTokenCount: tokens,
                    .loss: loss,
                ]
            )
        }
        let selection = try ModelSelection.fit(Self.request(bases))
        try Self.check(ModelSelection.self, selection, [[.fineTuningTokens: 2e7]])
    }

    @Test func `laws of the rate and of the schedule read what they declare`() throws {
        let sweep = PlantedSweep()
        let rate = try ConditionalLearningRate.fit(Self.request(sweep.observations))
        let sized: Asked = [.parameters: 8e8, .batchTokens: 5e5]
        try Self.check(
            ConditionalLearningRate.self,
            rate,
            [
                sized.merging([.tokens: 2.4e10]) { $1 }, sized.merging([.flops: 1.2e20]) { $1 },
            ]
        )
        var random = SplitMix64(seed: 3)
        let world = PlantedAnnealing()
        let annealing = try Annealing.fit(
            Self.request([
                world.run(1, .cosine, steps: 12_000, &random),
                world.run(2, .constant, steps: 12_000, &random),
            ])
        )
        try Self.check(
            Annealing.self,
            annealing,
            [
                [.steps: 12_000, .learningRate: 2e-4],
                [.tokens: 1.2e10, .batchTokens: 1e6, .learningRate: 2e-4],
            ]
        )
    }

    @Test func `laws of the batch read what they declare`() throws {
        var planted = PlantedBatches()
        planted.noise = 0.03
        let groups = try PlantedBatches.fit(planted.observations, draws: 50)
        let cluster: Asked = [.tokensPerSecond: 2e4, .devices: 64, .stepOverheadSeconds: 0.4]
        let sized: Asked = [.parameters: 3e8]
        let questions = [sized, sized.merging(cluster) { $1 }]
        try Self.check(CriticalBatch.self, groups, questions)
        let norms = [1, 2].flatMap { size in
            (0..<4).map { index in
                let small = 512 * exp2(Double(index))
                return Observation(
                    runID: PlantedSweep.id(index + 4 * size),
                    runName: "run",
                    values: [
                        .parameterCount: size == 1 ? 3e8 : 7.7e8,
                        .smallBatchTokens: small, .batchTokens: 64 * small,
                        .smallGradientNormSquared: 2 + 6e4 * Double(size) / small,
                        .gradientNormSquared: 2 + 6e4 * Double(size) / (64 * small),
                    ]
                )
            }
        }
        let noise = try GradientNoiseScale.fit(Self.request(norms))
        try Self.check(GradientNoiseScale.self, noise, questions)
    }

    @Test func `every law that answers has its reads tested here`() {
        let tested = Set(
            Self.allocating.map { $0.card.id } + [
                "stack", "isoflop", "moe-joint", "upcycling", "step-law-experts", "rectified",
                "fine-tuning-joint", "model-selection", "conditional-learning-rate", "annealing",
                "critical-batch", "gradient-noise-scale",
            ]
        )
        let answering = lawCatalogue.compactMap { $0 as? any AdvisingLaw.Type }.map { $0.card.id }
        #expect(Set(answering) == tested)
    }
}
