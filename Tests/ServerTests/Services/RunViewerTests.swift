import API
import Runs
import Server
import TestSupport
import Testing

@Suite struct RunViewerTests {
    private static let second: Int64 = 1_000_000

    private static func run(heard seconds: Int64, points: Int64 = 0, over span: Int64 = 0) -> Run {
        let summary = MetricSummary(
            lastStep: points,
            lastTime: Samples.now + span * second,
            lastValue: 1,
            minimum: 1,
            maximum: 1,
            pointCount: points,
            notFiniteCount: 0
        )
        return Run(
            id: Samples.runID(),
            projectID: ProjectID(Samples.runID().uuid),
            name: "a",
            status: .running,
            startTime: Samples.now,
            updatedAt: Samples.now + 1_000_000 * second,
            heardAt: Samples.now + seconds * second,
            metrics: points > 0 ? ["loss": summary] : [:]
        )
    }

    private static func isStalled(_ run: Run, after seconds: Int64) -> Bool {
        let viewer = RunViewer(
            resolver: .automatic,
            now: Samples.now + seconds * second,
            stalledAfterSeconds: 300
        )
        return viewer.message(run).state == .stalled
    }

    @Test func `a run is stalled once the job was silent for long, whoever edited it since`() {
        #expect(!Self.isStalled(Self.run(heard: 0), after: 300))
        #expect(Self.isStalled(Self.run(heard: 0), after: 301))
        #expect(!Self.isStalled(Self.run(heard: 200), after: 301))
    }

    @Test func `a run that logs every ten minutes is not stalled after five`() {
        let run = Self.run(heard: 6_000, points: 10, over: 6_000)
        #expect(!Self.isStalled(run, after: 6_000 + 5_999))
        #expect(Self.isStalled(run, after: 6_000 + 6_001))
    }

    @Test func `times at the end of their range stall nothing and break nothing`() {
        var run = Self.run(heard: 0, points: 2, over: 1)
        run.metrics["loss"]?.lastTime = .max
        run.startTime = .min
        #expect(Self.isStalled(run, after: 301))
        run.startTime = 0
        #expect(!Self.isStalled(run, after: 301))
    }
}
