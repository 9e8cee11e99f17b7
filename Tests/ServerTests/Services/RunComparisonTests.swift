import API
import Runs
import Server
import TestSupport
import Testing

@Suite struct RunComparisonTests {
    private static func run(
        _ params: [String: String],
        losses: [String: Double] = [:]
    ) -> RunMessage {
        let metrics = losses.mapValues {
            MetricSummary(
                lastStep: 1,
                lastTime: 1,
                lastValue: $0,
                minimum: $0.isFinite ? $0 : nil,
                maximum: $0.isFinite ? $0 : nil,
                pointCount: 1,
                notFiniteCount: 0
            )
        }
        let run = Run(
            id: Samples.runID(),
            projectID: ProjectID(Samples.runID().uuid),
            name: "a",
            status: .running,
            startTime: 5,
            updatedAt: 6,
            params: params,
            metrics: metrics
        )
        return RunMessage(run: run, state: .running, roles: [:])
    }

    @Test func `only what differs is shown, and the same is counted`() {
        let comparison = RunComparison.compare([
            Self.run(
                ["lr": "1e-3", "opt": "adam", "seed": "1"],
                losses: ["loss": 1, "same": .nan]
            ),
            Self.run(["lr": "0.001", "opt": "lion"], losses: ["loss": 2, "same": .nan]),
        ])
        #expect(comparison.params.map(\.key) == ["opt", "seed"])
        #expect(comparison.params.map(\.kind) == [.text, .number])
        #expect(comparison.params[1].values == ["1", nil])
        #expect(comparison.metrics.map(\.name) == ["loss"])
        #expect(comparison.metrics[0].values.map { $0?.last } == [1, 2])
        #expect(comparison.common == CommonCounts(params: 1, tags: 0, metrics: 1))
    }

    @Test func `what is the same is listed when asked for, and one run differs in nothing`() {
        let run = Self.run(["lr": "1"], losses: ["loss": 1])
        let all = RunComparison.compare([run, run], includesCommon: true)
        #expect(all.params.map(\.key) == ["lr"] && all.metrics.map(\.name) == ["loss"])
        let alone = RunComparison.compare([run])
        #expect(alone.params == [] && alone.metrics == [])
    }
}
