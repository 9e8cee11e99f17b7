import Foundation
import Runs
import ScalingLaws
import Server
import TestSupport
import Testing

@Suite struct ObservationBuilderTests {
    private func run(
        _ number: UInt8,
        status: RunStatus = .finished,
        loss: Double = 3,
        params: [String: String] = [:],
        tags: [String: String] = [:]
    ) -> Run {
        let all = [
            "parameterCount": "1e6", "tokenCount": "1e9", "lr": "0.01", "batchTokens": "65536",
        ]
        return Run(
            id: Samples.runID(number),
            projectID: ProjectID(UUID()),
            name: "run \(number)",
            status: status,
            startTime: Samples.now,
            updatedAt: Samples.now,
            params: all.merging(params) { $1 }.filter { !$0.value.isEmpty },
            tags: tags,
            metrics: [
                "loss": MetricSummary(
                    lastStep: 1,
                    lastTime: Samples.now,
                    lastValue: loss,
                    minimum: nil,
                    maximum: nil,
                    pointCount: 1,
                    notFiniteCount: 0
                )
            ]
        )
    }

    private func build(_ runs: [Run]) -> ObservationBuilder.Result {
        ObservationBuilder(resolver: .automatic, card: StepLaw.card).build(runs)
    }

    @Test func `a finished run is observed as it is`() throws {
        let result = build([run(1)])
        let observation = try #require(result.observations.first)
        #expect(observation.parameterCount == 1e6 && observation.lossNats == 3)
        #expect(result.parameterConvention == "unspecified" && result.lossName == "loss")
    }

    @Test func `a run that blew up takes part however it ended`() {
        let result = build([
            run(1, status: .failed, loss: .nan), run(2, status: .killed, loss: .infinity),
            run(3, loss: .nan),
        ])
        #expect(result.observations.count == 3)
        #expect(result.observations.allSatisfy { !$0.lossNats.isFinite })
    }

    @Test func `others are left out with the reason`() {
        let result = build([
            run(1, status: .running), run(2, status: .failed), run(3, params: ["lr": ""]),
        ])
        #expect(result.observations.isEmpty)
        let reasons = result.leftOut.map(\.reason)
        #expect(reasons[0].contains("not finished") && reasons[1].contains("failed"))
        #expect(reasons[2].hasPrefix("peakLearningRate"))
    }

    @Test func `a run that counts other parameters is left out, not converted`() {
        let tag = ParameterConvention.tag
        let result = build([
            run(1, tags: [tag: "total"]), run(2, tags: [tag: "total"]),
            run(3, tags: [tag: "active"]),
        ])
        #expect(result.parameterConvention == "total" && result.observations.count == 2)
        #expect(result.leftOut.first?.reason.contains("active") == true)
    }
}
