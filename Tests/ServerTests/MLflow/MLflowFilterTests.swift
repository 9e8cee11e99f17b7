import HTTPTypes
import Server
import Storage
import Testing

@Suite struct MLflowFilterTests {
    @Test(arguments: [
        "", "  ", "metrics.loss < 2.5", "metrics.`val loss` >= -1e3 and params.lr = '0.1'",
        #"tags."mlflow.source.name" LIKE '%train_'"#, "attributes.status != 'FINISHED'",
        "run_name ilike 'A%'", "attributes.start_time > 1000", "params.x IS NULL",
        "tags.y IS NOT NULL AND run_id IN ('a', 'b')", "attributes.run_id NOT IN ('a')",
        "params.a/b-c.d = \"x's\"", "`run name` = 'x'", "metrics.loss=1",
    ])
    func `MLflow's grammar is understood`(filter: String) throws {
        _ = try MLflowFilter(parsing: filter)
    }

    @Test(arguments: [
        "metrics.loss < 1 OR metrics.loss > 2", "(metrics.loss < 1)", "NOT metrics.loss < 1",
        "metrics.loss", "metrics.loss <", "metrics.loss < 'x'", "params.lr = 0.1",
        "params.lr < '1'", "bogus.x = 'a'", "attributes.bogus = 'a'", "tags.x RLIKE 'a'",
        "params.x IN ('a')", "run_id IN ()", "run_id IN ('a'", "tags.x = 'open", "AND",
        "metrics.a < 1 AND", "metrics.a < 1 metrics.b < 2", "metrics.a BETWEEN 1 AND 2",
        "metrics.a IS NULL", "tags.x LIKE 5", "=", "'a' = 'b'",
        String(repeating: "metrics.a < 1 AND ", count: 10_000),
    ])
    func `what MLflow refuses is a 400`(filter: String) {
        let error = #expect(throws: MLflowError.self) { try MLflowFilter(parsing: filter) }
        #expect(error.map { $0.code.status.code == 400 } == true)
    }

    @Test func `identifiers are read with their aliases`() throws {
        let filter = try MLflowFilter(parsing: "Created > 5 AND metric.a = 1 AND param.`b c` = 'd'")
        #expect(filter.conditions.map(\.identifier.key) == ["start_time", "a", "b c"])
        #expect(filter.conditions.map(\.identifier.entity) == [.attribute, .metric, .parameter])
    }

    @Test(arguments: [
        ("abc", "abc", true), ("abc", "a%", true), ("abc", "%c", true), ("abc", "_b_", true),
        ("abc", "%b%", true), ("abc", "a_", false), ("abc", "", false), ("", "%", true),
        ("aab", "%ab", true), ("a.c", "a.c", true), ("abc", "a.c", false),
        ("mississippi", "m%iss%pi", true),
    ])
    func `LIKE knows percent and underscore`(text: String, pattern: String, expected: Bool) {
        #expect(MLflowFilter.Test.like(text, pattern) == expected)
    }

    @Test(arguments: ["x", "bzoxMjM=", "bzotMQ==", "aDoxOjI=", String(repeating: "A", count: 999)])
    func `a page token that is not ours is refused`(token: String) {
        #expect(throws: MLflowError.self) { _ = try MLflowPageToken.history(token) }
    }

    @Test func `a page token keeps its position exactly`() throws {
        let cursor = HistoryCursor(time: -5, step: .min, value: -.nan)
        #expect(try MLflowPageToken.history(MLflowPageToken.history(cursor)) == cursor)
        #expect(try MLflowPageToken.offset(MLflowPageToken.offset(7)) == 7)
    }
}
