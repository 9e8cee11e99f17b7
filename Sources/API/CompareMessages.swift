package import Runs

/// Answer of `GET /api/v1/compare`: what differs between runs. Every list of values has an entry
/// for each run, in the order asked for; nil where a run has none.
package struct Comparison: Sendable, Codable, Hashable {
    package var runs: [ComparedRun]
    package var params: [ComparedTexts]
    package var tags: [ComparedTexts]
    package var metrics: [ComparedMetric]
    /// What is the same in all, by number.
    package var common: CommonCounts

    package init(
        runs: [ComparedRun],
        params: [ComparedTexts],
        tags: [ComparedTexts],
        metrics: [ComparedMetric],
        common: CommonCounts
    ) {
        self.runs = runs
        self.params = params
        self.tags = tags
        self.metrics = metrics
        self.common = common
    }
}

package struct ComparedRun: Sendable, Codable, Hashable {
    package var id: RunID
    package var name: String
    package var state: RunMessage.State
    package var group: String?
    /// Microseconds since 1970.
    package var startTime: Int64

    package init(_ run: RunMessage) {
        id = run.id
        name = run.name
        state = run.state
        group = run.group
        startTime = run.startTime
    }
}

package struct ComparedTexts: Sendable, Codable, Hashable {
    package enum Kind: String, Sendable, Codable {
        /// Every value there is reads as a number.
        case number
        case text
    }

    package var key: String
    package var kind: Kind
    /// As they were logged.
    package var values: [String?]

    package init(key: String, kind: Kind, values: [String?]) {
        self.key = key
        self.kind = kind
        self.values = values
    }
}

package struct ComparedMetric: Sendable, Codable, Hashable {
    package var name: String
    package var values: [MetricMessage?]

    package init(name: String, values: [MetricMessage?]) {
        self.name = name
        self.values = values
    }
}

package struct CommonCounts: Sendable, Codable, Hashable {
    package var params: Int
    package var tags: Int
    package var metrics: Int

    package init(params: Int, tags: Int, metrics: Int) {
        self.params = params
        self.tags = tags
        self.metrics = metrics
    }
}
