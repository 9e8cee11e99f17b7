import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct FineTuningTests {
    @Test func `data for a loss is the inverse of loss for data`() throws {
        var request = PlantedSweep.request(PlantedLaw.runs(RectifiedLaw.self))
        request.options.drawCount = 20
        let fit = try RectifiedLaw.fit(request)
        let first = try RectifiedLaw.advise(Question([.fineTuningTokens: 3e7]), from: fit)
        let loss = try #require(first.quantities.first { $0.name == "lossNats" }).value
        let back = try RectifiedLaw.advise(Question([.targetLoss: loss]), from: fit)
        let tokens = try #require(back.quantities.first { $0.name == "fineTuningTokens" }).value
        #expect(abs(tokens / 3e7 - 1) < 1e-6)
        #expect(first.rivals.map(\.id) == ["constant", "last-three"])
        #expect(throws: RecommendError.self) {
            try RectifiedLaw.advise(Question([.targetLoss: 0.5]), from: fit)
        }
    }

    @Test func `the rectified law sees a bend that the naive line does not`() throws {
        let fit = try RectifiedLaw.fit(
            PlantedSweep.request(PlantedLaw.runs(RectifiedLaw.self, noise: 0.001))
        )
        let law = try #require(fit.diagnostics.heldOutErrorPercent)
        let naive = try #require(fit.diagnostics.baselineErrorPercent)
        #expect(law < naive, "\(law), \(naive)")
    }

    @Test func `twice the model and twice the data gain what the exponents say`() throws {
        var request = PlantedSweep.request(PlantedLaw.runs(FineTuningJoint.self))
        request.options.drawCount = 20
        let fit = try FineTuningJoint.fit(request)
        let advice = try FineTuningJoint.advise(
            Question([.parameters: 4e9, .fineTuningTokens: 2e7]),
            from: fit
        )
        let term = 0.8 * pow(4, -0.18) * pow(2, -0.09)
        let loss = term + 0.9
        func gain(_ name: String) throws -> Double {
            try #require(advice.quantities.first { $0.name == name }).value
        }
        let bySize = 100 * term * (1 - pow(2, -0.18)) / loss
        let byData = 100 * term * (1 - pow(2, -0.09)) / loss
        #expect(abs(try gain("doubleSizeGain") / bySize - 1) < 1e-3)
        #expect(abs(try gain("doubleDataGain") / byData - 1) < 1e-3)
    }

    /// 1.9e4·(1e8)^0.18·(1e8)^0.38 = 1.9e4·10^4.48.
    @Test func `transferred data has the published constants`() {
        let value = TransferredData.textToPython.value(data: 1e8, parameters: 1e8)
        #expect(abs(value / 5.738e8 - 1) < 1e-3)
        let mixed = TransferredData.mixToPython.value(data: 1e8, parameters: 1e8)
        #expect(mixed > value)
    }
}

@Suite struct ModelSelectionTests {
    /// Fine-tunings of `count` base models that differ in how far they bend and where they end.
    private func runs(
        count: Int,
        sizes: Int,
        noise: Double,
        seed: UInt64,
        loss: (_ model: Int, _ tokens: Double) -> Double
    ) -> [Observation] {
        var random = SplitMix64(seed: seed)
        var runs: [Observation] = []
        for model in 0..<count {
            for size in 0..<sizes {
                let tokens = 2e5 * exp2(Double(size))
                runs.append(
                    Observation(
                        runID: PlantedSweep.id(runs.count),
                        runName: "base \(model)",
                        values: [
                            .parameterCount: 1e8 * pow(1.5, Double(model)),
                            .fineTuningTokenCount: tokens,
                            .loss: loss(model, tokens) * exp(noise * random.normal()),
                        ]
                    )
                )
            }
        }
        return runs
    }

    /// Bases that bend at different sizes of data and end at different losses.
    private func bent(_ model: Int, _ tokens: Double) -> Double {
        let learned = exp(0.6 * log((5e5 + 4e5 * Double(model)) / 1e7))
        let floor = 1.5 - 0.09 * Double(model)
        return 0.5 / (learned + exp(0.6 * log(tokens / 1e7))) + floor
    }

    @Test func `bases that bend are ranked by the law where it beats the naive rules`() throws {
        let runs = runs(count: 8, sizes: 8, noise: 0.0005, seed: 3, loss: bent)
        let fit = try ModelSelection.fit(PlantedSweep.request(runs))
        #expect(fit.recommended == "rectified", "\(fit.scores)")
        #expect(abs(fit.beta.value - 0.6) < 0.15)
        let law = try #require(fit.scores.first { $0.id == "rectified" })
        #expect(law.rankCorrelation > 0.9)
        let full = 2e5 * exp2(12)
        let advice = try ModelSelection.advise(Question([.fineTuningTokens: full]), from: fit)
        let order = (0..<8).sorted { bent($0, full) < bent($1, full) }
        #expect(advice.tables[0].rows.first?.first == .text("base \(order[0])"))
        let near = try ModelSelection.advise(
            Question([.fineTuningTokens: 2e5 * exp2(9)]),
            from: fit
        )
        let loss = try #require(near.quantities.first { $0.name == "lossNats" })
        let truth = (0..<8).map { bent($0, 2e5 * exp2(9)) }.min() ?? 0
        #expect(abs(loss.value / truth - 1) < 0.01)
        #expect(try #require(loss.low) <= loss.value)
    }

    @Test func `losses without a trend are not given to the law`() throws {
        let runs = runs(count: 6, sizes: 6, noise: 0.03, seed: 5) { model, _ in
            2 + 0.001 * Double(model)
        }
        let fit = try ModelSelection.fit(PlantedSweep.request(runs))
        #expect(fit.recommended != "rectified", "\(fit.scores)")
        #expect(fit.diagnostics.warnings.contains { $0.contains("does not beat") })
    }

    @Test func `too few sizes of a base are refused by number`() {
        let runs = runs(count: 5, sizes: 3, noise: 0, seed: 1, loss: bent)
        #expect(throws: FitError.self) { try ModelSelection.fit(PlantedSweep.request(runs)) }
        var hostile = self.runs(count: 3, sizes: 6, noise: 0, seed: 1, loss: bent)
        for (index, value) in [Double.nan, 1e308, -1, 0].enumerated() {
            hostile[index].lossNats = value
            hostile[index + 6][.fineTuningTokenCount] = value
        }
        do {
            let fit = try ModelSelection.fit(PlantedSweep.request(hostile))
            #expect(fit.leftOutCount > 0)
        } catch {
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `the same runs in another order give the same fit`() throws {
        let runs = runs(count: 4, sizes: 6, noise: 0.002, seed: 2, loss: bent)
        let first = try ModelSelection.fit(PlantedSweep.request(runs))
        let second = try ModelSelection.fit(PlantedSweep.request(runs.reversed()))
        #expect(first == second)
    }
}
