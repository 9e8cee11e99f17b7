import Foundation
import Runs
import Testing

@Suite struct RunFilterTests {
    private static let run = makeRun(
        name: "big-lr2e-3",
        params: [
            "N": "429260800", "lr": "0.002", "optimizer": "adamw", "fp16": "True", "note": "None",
            "weird/name": "5", "batchSequences": "64", "sequenceLength": "2048",
        ],
        tags: ["team": "red", "isoloss.diverged": "true"],
        metrics: ["loss": 2.25, "eval_loss": .nan, "acc": 0.5]
    )

    @Test(arguments: [
        "N = 429260800", "N > 100M", "N >= 0.4B and lr < 3e-3", "status = finished",
        "status = 'finished'", "not status = failed", "optimizer = adamw", "optimizer != sgd",
        "name contains LR2E", "name ~ 'big'", "team = red", "loss < 2.3", "eval_loss = nan",
        "(N > 1 or lr > 1) and not (team = blue)", "lr * 1000 = 2", "\"weird/name\" = 5",
        "batchTokens = 131072", "params.lr = 0.002", "metrics.acc = 0.5", "tags.team != blue",
        "fp16 = True", "1 < N", "note = None", "roles.batchTokens >= 64k", "acc <= 0.1 + 0.4",
        "\"isoloss.diverged\" = true", "isoloss.diverged = true", "N = N", "N = 429M", "N = 0.43B",
        "batchTokens = 131k and not N != 429M", "N != 440M",
    ])
    func `a run passes`(text: String) throws {
        #expect(try RunFilter(parsing: text).matches(Self.run))
    }

    @Test(arguments: [
        "N < 100M", "status = failed", "optimizer = AdamW", "missing = 1", "missing != 1",
        "missing < 1", "note < 5", "eval_loss < 9", "eval_loss > 0", "not (lr = 0.002)",
        "name = big", "team > 1", "N > 1 and lr > 1", "name contains 'huge'", "N = 440M",
        "N != 0.43B", "N = 429000000", "missing != 1M",
    ])
    func `a run does not pass`(text: String) throws {
        #expect(try !RunFilter(parsing: text).matches(Self.run))
    }

    @Test(arguments: [
        ("N", 0), ("N >", 3), ("N > 1 and", 9), ("N > 1 lr < 2", 6), ("(N > 1", 6),
        ("(N > 1) + 2 = 3", 0), ("not", 3), ("N > 1 or 5", 9), ("name = 'x", 7), ("a > (b > c)", 4),
        ("1 < 2 < 3", 6), ("name contains", 13),
    ])
    func `what is no filter is refused where it goes wrong`(text: String, offset: Int) {
        let error = #expect(throws: QueryError.self) { try RunFilter(parsing: text) }
        #expect(error?.offset == offset)
    }

    @Test(arguments: [
        "N > 1 and (lr < 2 or name contains 'it\\'s') and not status = failed",
        "not (a = 1 and b = 2)", "\"D/N\" >= 2*(x + 1)", "a = 1 or b = 2 and c = 3",
        "a = 430M and not b != 7B",
    ])
    func `what is printed reads back as the same filter`(text: String) throws {
        let filter = try RunFilter(parsing: text)
        #expect(try RunFilter(parsing: filter.text) == filter)
    }

    @Test func `a lone name on the right of an equals sign need not exist`() throws {
        let filter = try RunFilter(parsing: "optimizer = adamw and N > D")
        #expect(filter.requiredNames == ["optimizer", "N", "D"])
    }
}

/// A finished run whose metrics have one point each.
func makeRun(
    name: String = "run",
    status: RunStatus = .finished,
    params: [String: String] = [:],
    tags: [String: String] = [:],
    metrics: [String: Double] = [:]
) -> Run {
    Run(
        id: RunID(UUID()),
        projectID: ProjectID(UUID()),
        name: name,
        status: status,
        startTime: 0,
        updatedAt: 0,
        params: params,
        tags: tags,
        metrics: metrics.mapValues {
            MetricSummary(
                lastStep: 10,
                lastTime: 0,
                lastValue: $0,
                minimum: $0.isFinite ? $0 : nil,
                maximum: $0.isFinite ? $0 : nil,
                pointCount: 1,
                notFiniteCount: $0.isFinite ? 0 : 1
            )
        }
    )
}
