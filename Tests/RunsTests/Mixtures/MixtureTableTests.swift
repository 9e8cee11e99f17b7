import Foundation
import Runs
import Testing

@Suite struct MixtureTableTests {
    private func run(
        _ name: String,
        _ shares: [String: Double],
        loss: Double = 3,
        status: RunStatus = .finished,
        params: [String: String] = [:],
        tags: [String: String] = [:],
        rate: (last: Double, top: Double)? = nil
    ) -> Run {
        var metrics = ["val_loss": summary(loss, loss)]
        if let rate { metrics["lr"] = summary(rate.last, rate.top) }
        let texts = shares.map { ("mixture/" + $0.key, NumberText.text($0.value)) }
        return Run(
            id: RunID(UUID()),
            projectID: ProjectID(UUID()),
            name: name,
            status: status,
            startTime: 0,
            updatedAt: 0,
            params: params.merging(texts) { $1 },
            tags: tags,
            metrics: metrics
        )
    }

    private func summary(_ last: Double, _ top: Double) -> MetricSummary {
        MetricSummary(
            lastStep: 1,
            lastTime: 1,
            lastValue: last,
            minimum: last,
            maximum: top,
            pointCount: 2,
            notFiniteCount: 0
        )
    }

    private func kinds(_ runs: [Run]) -> [MixtureWarning.Kind] {
        MixtureTable(runs, .automatic).warnings.map(\.kind)
    }

    @Test func `runs are put on one list of domains, by name`() {
        let table = MixtureTable(
            [run("one", ["b": 0.3, "a": 0.7]), run("two", ["c": 0.4, "b": 0.6])],
            .automatic
        )
        #expect(table.domains == ["a", "b", "c"])
        #expect(table.rows.map(\.shares) == [[0.7, 0.3, 0], [0, 0.6, 0.4]])
        #expect(table.warnings.map(\.kind).contains(.missingDomain))
        #expect(table.targets.map(\.name) == ["val_loss"])
    }

    @Test func `what cannot be used is left out with a reason`() {
        let table = MixtureTable(
            [
                run("good", ["a": 0.5, "b": 0.5]), run("half", ["a": 0.5]),
                run("running", ["a": 1], status: .running), run("plain", [:]),
                run("killed", ["a": 1], status: .killed),
                run("blown", ["a": 1], tags: ["isoloss.diverged": "true"]),
            ],
            .automatic
        )
        #expect(table.rows.map(\.name) == ["good"])
        #expect(table.leftOut.map(\.runName) == ["half", "running", "killed", "blown"])
        #expect(table.leftOut.allSatisfy { !$0.reason.isEmpty })
        #expect(table.withoutMixture == 1)
    }

    @Test func `a filter chooses runs`() throws {
        let filter = try RunFilter(parsing: "val_loss < 3")
        let runs = [run("low", ["a": 1], loss: 2.5), run("high", ["a": 1], loss: 3.5)]
        #expect(MixtureTable(runs, .automatic, where: filter).rows.map(\.name) == ["low"])
    }

    @Test func `a loss that is no number is no value`() {
        let table = MixtureTable([run("nan", ["a": 1], loss: .nan)], .automatic)
        #expect(table.rows.count == 1 && table.targets.isEmpty)
    }

    @Test func `runs that do not compare are told`() {
        let a = ["a": 0.5, "b": 0.5]
        let b = ["a": 0.25, "b": 0.75]
        #expect(kinds([run("1", a), run("2", b)]) == [])
        #expect(
            kinds([
                run("1", a, params: ["tokenizer": "gpt2"]),
                run("2", b, params: ["tokenizer": "t5"]),
            ]) == [.tokenizerMismatch]
        )
        #expect(
            kinds([
                run("1", a, params: ["learning_rate": "1e-3"]),
                run("2", b, params: ["learning_rate": "2e-3"]),
            ]) == [.learningRateDiffers]
        )
        #expect(
            kinds([run("1", a, rate: (1e-5, 1e-3)), run("2", b, rate: (8e-4, 1e-3))])
                == [.unannealedCheckpoint]
        )
        #expect(kinds([run("1", a, rate: (1e-3, 1e-3)), run("2", b, rate: (1e-3, 1e-3))]) == [])
        #expect(
            kinds([
                run("1", a, params: ["parameterCount": "1e6"]),
                run("2", b, params: ["parameterCount": "1e9"]),
            ]) == [.scaleDiffers]
        )
        #expect(
            kinds([
                run("1", a, params: ["availableTokens/a": "1e6"]),
                run("2", b, params: ["availableTokens/a": "1e7"]),
            ]) == [.availableTokensDiffer]
        )
    }

    @Test func `domains whose effects cannot be told apart are named`() throws {
        let together = [0.1, 0.2, 0.3].map { share in
            run("\(share)", ["a": share, "b": share, "c": 1 - 2 * share, "d": 0])
        }
        let warnings = MixtureTable(together, .automatic).warnings
        #expect(Set(warnings.map(\.kind)) == [.moveTogether, .neverVaries])
        let pair = try #require(warnings.first { $0.kind == .moveTogether })
        #expect(pair.message.contains("a and b"))
        let free = [
            run("1", ["a": 0.1, "b": 0.2, "c": 0.7]), run("2", ["a": 0.5, "b": 0.2, "c": 0.3]),
            run("3", ["a": 0.3, "b": 0.6, "c": 0.1]),
        ]
        #expect(kinds(free) == [])
    }

    @Test func `warnings name their runs and say how many`() throws {
        let runs = (0..<8).map { run("r\($0)", ["a": 0.497, "b": 0.5]) }
        let warning = try #require(
            MixtureTable(runs, .automatic).warnings.first { $0.kind == .sumOffOne }
        )
        #expect(warning.runCount == 8 && warning.runNames == ["r0", "r1", "r2", "r3", "r4"])
        #expect(warning.message.contains("0.997"))
    }
}
