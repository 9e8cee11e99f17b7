import Foundation
import Mixtures
import TestSupport
import Testing

struct AutoScalePredictionTests {
    @Test(.needsPublicData(Golden.file))
    func `The published amounts predict the middle budget and the next scale`() throws {
        let golden = try Golden()["autoScale"]
        func anchor(_ key: String, _ tokens: Double) throws -> AutoScalePrediction.Anchor {
            .init(tokens: tokens, amounts: byName(try golden["relativeAmounts_\(key)"].numbers))
        }
        let (small, large) = (try anchor("0.3B", 0.3), try anchor("1.2B", 1.2))
        let middle = listed(try AutoScalePrediction.between(small, large).proportions)
        #expect(try distance(middle, golden["predictedProportions_0.6B"].numbers) < 1e-9)
        let truth = try golden["relativeAmounts_0.6B"].numbers
        let sum = truth.reduce(0, +)
        let found = zip(middle, truth).reduce(0) { $0 + abs($1.0 - $1.1 / sum) }
        #expect(try abs(found - (golden["l1DistanceTo_0.6B"].number)) < 1e-9)
        // The naive rival keeps the larger budget's mixture.
        let large12 = try golden["relativeAmounts_1.2B"].numbers
        let total = large12.reduce(0, +)
        #expect(found < zip(large12, truth).reduce(0) { $0 + abs($1.0 / total - $1.1 / sum) })
        let next = try AutoScalePrediction.next(after: small, large)
        #expect(try abs(next.tokens - (golden["nextScaleTokensBillions"].number)) < 1e-6)
        #expect(
            try distance(listed(next.proportions), golden["nextScaleProportions"].numbers) < 1e-9
        )
    }

    @Test func `Both ends are met, and empty or unequal domains are errors`() throws {
        let low = AutoScalePrediction.Anchor(tokens: 1e9, amounts: ["a": 1, "b": 3])
        let high = AutoScalePrediction.Anchor(tokens: 4e9, amounts: ["a": 2, "b": 2])
        let end = try AutoScalePrediction.at(1, from: low, high)
        #expect(abs(end.tokens - 4e9) < 1 && abs((end.proportions["a"] ?? 0) - 0.5) < 1e-12)
        #expect(throws: MixtureError.self) {
            try AutoScalePrediction.next(after: low, .init(tokens: 1, amounts: ["a": 1, "c": 1]))
        }
        #expect(throws: MixtureError.self) {
            try AutoScalePrediction.next(after: low, .init(tokens: 1, amounts: ["a": 1, "b": 0]))
        }
    }
}

struct MixMinTests {
    @Test(.needsPublicData(Golden.file))
    func `The optimum is the reference's`() throws {
        let golden = try Golden()["mixMin"]
        let rows = try golden["logProbabilityRowsPerExample"].rows
        let columns = Dictionary(
            uniqueKeysWithValues: (0..<3).map { index in (domainName(index), rows.map { $0[index] })
            }
        )
        let fit = try MixMin(logProbabilities: columns, lengths: golden["lengths"].numbers)
        #expect(try distance(listed(fit.proportions), golden["optimum"].numbers) < 1e-6)
        #expect(try abs(fit.objective - (golden["objective"].number)) < 1e-10)
        #expect(try abs(fit.objectiveUniform - (golden["objectiveUniform"].number)) < 1e-10)
    }

    @Test func `Long examples do not underflow, and a useless domain gets nothing`() throws {
        let fit = try MixMin(
            logProbabilities: ["good": [-3000, -4000], "bad": [-5000, -9000]],
            lengths: [1000, 1000]
        )
        #expect((fit.proportions["bad"] ?? 1) < 1e-6)
        #expect(abs(fit.objective - 3.5) < 1e-6)
    }

    @Test func `Missing or infinite probabilities are errors`() {
        #expect(throws: MixtureError.self) {
            try MixMin(logProbabilities: ["a": [-1, -2], "b": [-1]], lengths: [1, 1])
        }
        #expect(throws: MixtureError.self) {
            try MixMin(logProbabilities: ["a": [-.infinity]], lengths: [1])
        }
    }
}

struct TaskBudgetsTests {
    @Test func `A repeated task gains less than one of its own kind`() throws {
        let request = TaskBudgets.Request(
            similarity: [
                "a": ["a": 1, "b": 0.95, "c": 0.1], "b": ["a": 0.95, "b": 1, "c": 0.1],
                "c": ["a": 0.1, "b": 0.1, "c": 1],
            ],
            sizes: ["a": 1000, "b": 1000, "c": 1000],
            budget: 300
        )
        let budgets = try TaskBudgets(request)
        // a: 2.05 − .4; c after a: 1.2 − .4 − .8 · .1; b after both: 2.05 − .4 − .8 · 1.05.
        #expect(budgets.order == ["a", "b", "c"])
        #expect(abs((budgets.gains["a"] ?? 0) - 1.65) < 1e-12)
        #expect(abs((budgets.gains["b"] ?? 0) - 0.89) < 1e-12)
        #expect(abs((budgets.gains["c"] ?? 0) - 0.64) < 1e-12)
        #expect(budgets.examples.values.reduce(0, +) == 300 && budgets.unplaced == 0)
        let weights = [1.65, 0.89, 0.64].map { exp($0) }
        let first = 1 + 297 * weights[0] / weights.reduce(0, +)
        #expect(abs(Double(budgets.examples["a"] ?? 0) - first) < 1)
    }

    @Test func `Small tasks are filled and the rest goes to the others, or is reported`() throws {
        let similarity = ["a": ["a": 1, "b": 0.0], "b": ["b": 1.0, "a": 0]]
        let full = try TaskBudgets(
            .init(similarity: similarity, sizes: ["a": 10, "b": 500], budget: 400)
        )
        #expect(full.examples == ["a": 10, "b": 390] && full.unplaced == 0)
        let over = try TaskBudgets(
            .init(similarity: similarity, sizes: ["a": 10, "b": 20], budget: 50)
        )
        #expect(over.examples == ["a": 10, "b": 20] && over.unplaced == 20)
    }

    @Test func `A similarity that is not symmetric is an error`() {
        #expect(throws: MixtureError.self) {
            try TaskBudgets(
                .init(
                    similarity: ["a": ["a": 1, "b": 0.5], "b": ["a": 0.2, "b": 1]],
                    sizes: ["a": 1, "b": 1],
                    budget: 2
                )
            )
        }
    }
}

struct PreferenceSplitTests {
    @Test func `Advice follows the size of the budget`() throws {
        #expect(try PreferenceSplit(instructions: 800, preferences: 0).isAdvised)
        #expect(try !PreferenceSplit(instructions: 500, preferences: 300).isAdvised)
        #expect(try !PreferenceSplit(instructions: 0, preferences: 5000).isAdvised)
        #expect(try !PreferenceSplit(instructions: 5000, preferences: 0).isAdvised)
        let split = try PreferenceSplit(instructions: 1000, preferences: 9000)
        #expect(split.isAdvised && abs(split.preferenceShare - 0.9) < 1e-12)
        #expect(throws: MixtureError.self) { try PreferenceSplit(instructions: 0, preferences: 0) }
        #expect(throws: MixtureError.self) {
            try PreferenceSplit(instructions: .nan, preferences: 1)
        }
    }
}
