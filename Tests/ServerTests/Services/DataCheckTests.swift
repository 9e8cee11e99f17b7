import API
import Foundation
import Runs
import Server
import TestSupport
import Testing

@Suite struct DataCheckTests {
    private static let project = ProjectID(Samples.runID().uuid)

    private static func run(
        _ name: String,
        loss: [Double],
        size: String = "1e8",
        status: RunStatus = .finished
    ) -> Run {
        let finite = loss.filter(\.isFinite)
        let summary = MetricSummary(
            lastStep: Int64(loss.count),
            lastTime: Samples.now,
            lastValue: loss.last ?? .nan,
            minimum: finite.min(),
            maximum: finite.max(),
            pointCount: Int64(loss.count),
            notFiniteCount: Int64(loss.count - finite.count)
        )
        return Run(
            id: RunID(UUID()),
            projectID: project,
            name: name,
            status: status,
            startTime: Samples.now,
            updatedAt: Samples.now,
            params: ["parameterCount": size, "tokenCount": "2e9"],
            metrics: loss.isEmpty ? [:] : ["loss": summary]
        )
    }

    private static func check(_ runs: [Run]) -> DataCheckMessage {
        DataCheck(runs, viewer: RunViewer(resolver: .automatic, now: Samples.now)).message()
    }

    @Test func `runs that are in order are clean`() {
        let found = Self.check([
            Self.run("a", loss: [4, 3]), Self.run("b", loss: [4, 2.9], size: "2e8"),
        ])
        #expect(found.runs == 2 && found.clean == 2, "\(found.checks)")
        #expect(!found.checks.contains { $0.severity != .info }, "\(found.checks)")
    }

    @Test func `each thing that is wrong names its runs`() throws {
        let found = Self.check([
            Self.run("good", loss: [4, 3]),
            Self.run("copy", loss: [4, 3]),
            Self.run("risen", loss: [4, 2, 3.5], size: "3e8"),
            Self.run("odd", loss: [4, .nan, 3.1], size: "4e8"),
            Self.run("silent", loss: [], size: "5e8"),
            Self.run("broken", loss: [4, 3.3], size: "6e8", status: .failed),
        ])
        let named = Dictionary(
            found.checks.map { ($0.kind, $0.runs.map(\.name)) },
            uniquingKeysWith: { first, _ in first }
        )
        #expect(named["copies"] == ["copy"])
        #expect(named["ended-above-best"] == ["risen"])
        #expect(named["not-finite"] == ["odd"])
        #expect(named["no-metrics"] == ["silent"])
        #expect(named["missing-loss"] == ["silent"])
        #expect(named["failed"] == ["broken"])
        // The failed run is no fault of the data.
        #expect(found.clean == 2)
        #expect(found.checks.first?.severity == .error)
        let risen = try #require(found.checks.first { $0.kind == "ended-above-best" })
        #expect(risen.count == 1 && risen.message.contains("5 %"), "\(risen.message)")
    }

    @Test func `a project without runs has nothing to tell`() {
        let found = Self.check([])
        #expect(found.runs == 0 && found.clean == 0 && found.checks.isEmpty)
    }
}
