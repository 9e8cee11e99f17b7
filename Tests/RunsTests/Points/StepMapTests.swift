import Runs
import TestSupport
import Testing

@Suite struct StepMapTests {
    @Test func `a constant batch is multiplied`() {
        let map = StepMap(perStep: 1_000)
        #expect([0, 1, 9, 1_000_000].map { map.amount(at: $0) } == [0, 1_000, 9_000, 1e9])
    }

    @Test func `a logged amount goes through its points and on with its last slope`() throws {
        let map = try #require(StepMap(steps: [0, 10, 20], amounts: [0, 100, 400]))
        #expect([0, 5, 10, 15, 20, 30].map { map.amount(at: $0) } == [0, 50, 100, 250, 400, 700])
    }

    @Test func `a ramp of the batch is summed up`() throws {
        let map = try #require(StepMap(steps: [10, 20], perStep: [100, 300]))
        #expect([0, 10, 20, 30].map { map.amount(at: $0) } == [0, 1_000, 4_000, 7_000])
    }

    @Test func `an amount that does not grow is none`() {
        #expect(StepMap(steps: [0, 1, 2], amounts: [5, 5, 5]) == nil)
        #expect(StepMap(steps: [1], amounts: [5]) == nil)
        #expect(StepMap(steps: [0, 1], amounts: [.nan, .infinity]) == nil)
        #expect(StepMap(steps: [0, 1, 2, 3, 4, 5], amounts: [9, 4, 8, 3, 7, 10]) == nil)
        let huge = Double.greatestFiniteMagnitude
        #expect(StepMap(steps: [0, 1], amounts: [-huge, huge]) == nil)
    }

    @Test func `it never falls`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<40 {
            let steps = (0..<50).map { Double($0) * 7.3 + 1 }
            let amounts = steps.map { _ in Double.random(in: 0...1e12, using: &generator) }.sorted()
            let map = try #require(StepMap(steps: steps, amounts: amounts))
            let found = (-20...500).map { map.amount(at: $0) }
            #expect(zip(found, found.dropFirst()).allSatisfy { $0 <= $1 })
        }
    }
}
