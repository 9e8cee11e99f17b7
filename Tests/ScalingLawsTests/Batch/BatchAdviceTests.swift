import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct BatchAdviceTests {
    private static let fit = Result {
        var planted = PlantedBatches()
        planted.noise = 0.03
        return try PlantedBatches.fit(planted.observations, draws: 100)
    }

    private func ask(_ values: [Question.Field: Double]) throws -> Advice {
        try CriticalBatch.advise(Question(values), from: Self.fit.get())
    }

    private func value(_ advice: Advice, _ name: String) throws -> Advice.Quantity {
        try #require(advice.quantities.first { $0.name == name })
    }

    @Test func `the largest batch wastes just the tokens that were allowed`() throws {
        let advice = try ask([.parameters: 3e8, .wastePercent: 12])
        let group = try #require(Self.fit.get().groups.first { $0.parameters == 3e8 })
        let largest = try value(advice, "largestBatchTokens").value
        #expect(isClose(largest / (0.12 * group.criticalBatchTokens.value), 1, within: 1e-9))
        let tokens = try value(advice, "tokenCount").value
        #expect(isClose(tokens / group.minimumTokens.value, 1.12, within: 1e-9))
        let steps = try value(advice, "stepCount")
        #expect(isClose(steps.value * largest / tokens, 1, within: 1e-9))
        #expect(try #require(steps.low) < steps.value)
        #expect(advice.extrapolation.inside)
        #expect(try value(advice, "overheadBatchTokens").note?.contains("20 %") == true)
    }

    @Test func `another size is answered by the law over size, with its reach`() throws {
        let advice = try ask([.parameters: 1e10, .tokens: 2e11, .wastePercent: 20])
        let planted = PlantedBatches().critical(1e10)
        let critical = try value(advice, "criticalBatchTokens")
        #expect(isClose(critical.value / planted, 1, within: 0.2))
        #expect(try #require(critical.low) < planted)
        #expect(try #require(critical.high) > planted)
        #expect(!advice.extrapolation.inside)
        let distance = try #require(advice.extrapolation.distance["parameters"])
        #expect(isClose(distance, log(1e10 / 1.2e9), within: 1e-9))
        let tokens = try value(advice, "tokenCount").value
        #expect(isClose(tokens / 2.4e11, 1, within: 1e-9))
    }

    @Test func `the fastest batch of a cluster is no slower than any other`() throws {
        let cluster: [Question.Field: Double] = [
            .parameters: 3e8, .tokensPerSecond: 2e4, .devices: 64, .stepOverheadSeconds: 0.4,
        ]
        let fastest = try value(ask(cluster), "fastestBatchTokens").value
        func hours(_ batch: Double) throws -> Double {
            var question = cluster
            question[.batchTokens] = batch
            return try value(ask(question), "hours").value
        }
        let least = try hours(fastest)
        for factor in [0.25, 0.8, 1.25, 4] {
            #expect(try hours(fastest * factor) > least)
        }
        let knee = try value(ask(cluster), "kneeBatchTokens").value
        #expect(knee < fastest)
        #expect(isClose(try hours(knee) / least, 1.05, within: 1e-6))
        let advice = try ask(cluster)
        let table = try #require(advice.tables.first)
        #expect(
            table.rows.contains { row in
                if case .text(let mark) = row.last { mark.contains("knee") } else { false }
            }
        )
        let deviceHours = try value(advice, "deviceHours").value
        #expect(isClose(deviceHours / (try value(advice, "hours").value * 64), 1, within: 1e-9))
        #expect(advice.tables.contains { $0.title.contains("number of devices") })
    }

    @Test func `a cluster's largest batch bounds the answer and the table`() throws {
        let advice = try ask([
            .parameters: 3e8, .wastePercent: 50, .maximumBatchTokens: 2e5, .tokensPerSecond: 1e5,
        ])
        #expect(try value(advice, "batchTokens").value == 2e5)
        for row in try #require(advice.tables.first).rows {
            if case .number(let batch) = row.first { #expect(batch <= 2e5) }
        }
    }

    @Test func `the ramp spends the same tokens in fewer steps than a constant batch`() throws {
        let advice = try ask([.parameters: 1e9, .tokens: 2e10, .wastePercent: 20])
        let ramp = try #require(advice.tables.first { $0.title.contains("grows") })
        var steps = 0.0
        var tokens = 0.0
        var last = 0.0
        for row in ramp.rows {
            guard case .number(let batch) = row[1], case .number(let count) = row[2] else {
                continue
            }
            #expect(batch > last)
            last = batch
            steps += count
            tokens += count * batch
        }
        #expect(isClose(tokens / 2e10, 1, within: 1e-9))
        let limit = try value(advice, "largestBatchTokens").value
        #expect(last <= limit)
        #expect(advice.warnings.contains { $0.contains("beta2") })
    }

    @Test func `published rules stand beside the answer with what they need`() throws {
        let advice = try ask([.parameters: 1e9, .tokens: 2e10, .targetLoss: 3])
        func batch(_ id: String) throws -> Double {
            let rival = try #require(advice.rivals.first { $0.id == id })
            return try #require(rival.quantities.first).value
        }
        // Printed formulas: 1.21M at 1B, 0.44M at 20B tokens, 1.07M at a loss of 3.
        #expect(isClose(try batch("critical-batch-published") / 1.21e6, 1, within: 0.01))
        #expect(isClose(try batch("step-law-batch") / 0.44e6, 1, within: 0.02))
        #expect(isClose(try batch("kaplan-critical-batch") / 1.07e6, 1, within: 0.01))
        #expect(isClose(try batch("minicpm-batch") / 1.28e6, 1, within: 0.02))
        let few = try ask([.parameters: 3e8])
        #expect(few.rivals.contains { $0.id == "minicpm-batch" && $0.refused != nil })
        #expect(few.rivals.contains { $0.id == "nearest-group" })
    }

    @Test func `questions without an answer are refused with what is missing`() throws {
        #expect(throws: RecommendError.self) { try ask([:]) }
        #expect(throws: RecommendError.self) { try ask([.parameters: .nan]) }
        #expect(throws: RecommendError.self) { try ask([.parameters: 3e8, .tokens: -1]) }
        #expect(throws: RecommendError.self) { try ask([.parameters: 1e29, .batchTokens: 0]) }
        var one = PlantedBatches()
        one.sizes = [3e8]
        let fit = try PlantedBatches.fit(one.observations, draws: 50)
        let error = #expect(throws: RecommendError.self) {
            try CriticalBatch.advise(Question([.parameters: 1e10]), from: fit)
        }
        #expect(error?.message.contains("groups at 3 different values") == true)
        let only = try CriticalBatch.advise(Question([.batchTokens: 1e5]), from: fit)
        #expect(only.warnings.contains { $0.contains("No batch ramp") })
    }

    @Test func `hostile but positive questions never end the program`() throws {
        for field in Question.Field.allCases {
            for value in [1e-29, 1e-3, 1, 1e12, 9e29] {
                var question: [Question.Field: Double] = [
                    .parameters: 1e9, .tokens: 1e10, .tokensPerSecond: 1e4,
                    .stepOverheadSeconds: 0.1,
                ]
                question[field] = value
                do {
                    let advice = try ask(question)
                    for quantity in advice.quantities { #expect(!quantity.value.isNaN) }
                    _ = try JSONEncoder().encode(advice)
                } catch is RecommendError {
                    continue
                }
            }
        }
    }
}
