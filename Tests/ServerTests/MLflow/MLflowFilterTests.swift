import Foundation
import HTTPTypes
import Runs
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

    @Test(arguments: [
        ("metrics.a < 1 OR metrics.b > 2", "Invalid clause(s) in filter string: 'OR'"),
        ("metrics.a < 'x'", "Expected numeric value type for metric. Found 'x'"),
        ("metrics.a = nan", "Expected numeric value type for metric. Found nan"),
        ("params.lr = 0.1", "Expected a quoted string value for parameter (e.g. 'my-value')."),
        ("bogus.x = 'a'", "Invalid entity type 'bogus'. Valid values are ['metric', 'parameter',"),
        ("METRICS.a = 1", "Invalid entity type 'METRICS'."),
        ("attributes.bogus = 'a'", "Invalid attribute key 'bogus' specified. Valid keys are"),
        ("experiment_id = '1'", "Invalid attribute key 'experiment_id' specified."),
        ("tags.x RLIKE 'a'", "Invalid comparator 'RLIKE' not one of '{'=', '!=', 'LIKE',"),
        ("params.lr < '1'", "Invalid comparator '<' not one of"),
        ("run_id IN ()", "While parsing a list in the query, expected a non-empty list"),
        ("status IN ('a')", "Only ['run_id'] attributes support comparison with a list"),
        ("metrics.a IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params,"),
        ("status = 5", "Expected a quoted string value for attributes. Got value 5"),
        ("params.x = `a`", "Expected a quoted string value for parameter"),
        ("dataset.bogus = 'x'", "Invalid dataset key 'bogus' specified."),
        ("start_time = 'x'", "Expected numeric value type for numeric attribute: start_time."),
        ("'a' = 'b'", "Invalid comparison clause. Expected 'Identifier' found"),
    ])
    func `a refusal says what MLflow says`(filter: String, message: String) {
        let error = #expect(throws: MLflowError.self) { try MLflowFilter(parsing: filter) }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "name = 'a'", "attribute.name LIKE 'a%'", "experiment_id IN ('1', '2')", "tag.a IS NULL",
        "creation_time > 5 AND last_update_time <= 7",
    ])
    func `experiments have attributes of their own`(filter: String) throws {
        _ = try MLflowFilter(parsing: filter, of: .experiments)
        if !filter.hasPrefix("tag") {
            #expect(throws: MLflowError.self) { try MLflowFilter(parsing: filter) }
        }
    }

    @Test(arguments: [
        "metrics.a = 1", "params.a = '1'", "run_id = 'a'", "name IN ('a')", "bogus = 1",
    ])
    func `what experiments lack is a 400`(filter: String) {
        #expect(throws: MLflowError.self) { try MLflowFilter(parsing: filter, of: .experiments) }
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

    @Test func `a token of a search is good for its own order alone`() throws {
        func order(_ isAscending: Bool) -> SearchOrder {
            let chain = [SearchKey.metric("loss")]
            return SearchOrder(
                terms: [.init(chain: chain, isAscending: isAscending, readsNumbers: false)]
            )
        }
        let id = RunID(UUID())
        for value in [SearchSortValue.number(-.infinity), .text("é\u{0}\""), .notNumber, .missing] {
            let cursor = SearchCursor(values: [value], id: id)
            let token = try MLflowPageToken.runs(cursor, order: order(true))
            #expect(try MLflowPageToken.runs(token, order: order(true)) == cursor)
            #expect(throws: MLflowError.self) {
                try MLflowPageToken.runs(token, order: order(false))
            }
            #expect(throws: MLflowError.self) {
                try MLflowPageToken.runs(String(token.dropLast(9)), order: order(true))
            }
        }
    }

    @Test func `a page token keeps its position exactly`() throws {
        let cursor = HistoryCursor(time: -5, step: .min, value: -.nan)
        #expect(try MLflowPageToken.history(MLflowPageToken.history(cursor)) == cursor)
    }
}
