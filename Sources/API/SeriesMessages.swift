package import Runs

/// Answer of `GET /api/v1/metrics`.
package struct MetricList: Sendable, Codable, Hashable {
    package enum Kind: String, Sendable, Codable {
        /// What the training itself says of itself.
        case training
        /// What the machine under it does: processor, memory, accelerator, network.
        case system
    }

    package struct Metric: Sendable, Codable, Hashable {
        package var name: String
        /// How many runs logged it.
        package var runs: Int
        package var points: Int64
        package var kind: Kind

        package init(name: String, runs: Int, points: Int64) {
            self.name = name
            self.runs = runs
            self.points = points
            kind = name.hasPrefix("system/") ? .system : .training
        }
    }

    package var metrics: [Metric]

    package init(metrics: [Metric]) { self.metrics = metrics }
}

/// The horizontal axis of a series.
package enum PlotAxis: String, Sendable, Codable, CaseIterable {
    /// Optimiser steps.
    case step
    /// Microseconds since 1970.
    case time
    /// Seconds since the run's first point.
    case relative
    /// Tokens trained on: a logged count of them, else steps times the run's batch in tokens. Runs
    /// with neither are left out.
    case tokens
    /// 6·N·tokens, N being the run's parameters; runs without N or tokens are left out.
    case flops
}

/// Answer of `GET /api/v1/series`.
package struct SeriesList: Sendable, Codable, Hashable {
    package var x: PlotAxis
    package var series: [SeriesMessage]
    /// On axes of tokens and FLOPs, where each run's x comes from.
    package var sources: [Source]?
    /// Runs that cannot stand on this axis, with the reason.
    package var leftOut: [LeftOut]?

    package struct Source: Sendable, Codable, Hashable {
        package var run: RunID
        /// Such as `tokens_seen` or `batchTokens * step`.
        package var source: String

        package init(run: RunID, source: String) {
            self.run = run
            self.source = source
        }
    }

    package struct LeftOut: Sendable, Codable, Hashable {
        package var run: RunID
        package var reason: String

        package init(run: RunID, reason: String) {
            self.run = run
            self.reason = reason
        }
    }

    package init(
        x: PlotAxis,
        series: [SeriesMessage],
        sources: [Source]? = nil,
        leftOut: [LeftOut]? = nil
    ) {
        self.x = x
        self.series = series
        self.sources = sources
        self.leftOut = leftOut
    }
}

/// One run's metric in buckets; the columns have one length.
package struct SeriesMessage: Sendable, Codable, Hashable {
    package var run: RunID
    package var metric: String
    /// Where each bucket's last point stands.
    package var x: [Double]
    package var min: [Double]
    package var max: [Double]
    package var last: [Double]
    /// Points in the bucket.
    package var count: [Int]

    package init(
        run: RunID,
        metric: String,
        x: [Double],
        min: [Double],
        max: [Double],
        last: [Double],
        count: [Int]
    ) {
        self.run = run
        self.metric = metric
        self.x = x
        self.min = min
        self.max = max
        self.last = last
        self.count = count
    }
}

/// Data of the event `points` of `GET /api/v1/stream`.
package struct StreamedPoints: Sendable, Codable, Hashable {
    package struct Series: Sendable, Codable, Hashable {
        package var run: RunID
        package var metric: String
        package var steps: [Int64]
        /// Microseconds since 1970.
        package var times: [Int64]
        package var values: [Double]

        package init(run: RunID, metric: String, points: PointColumns) {
            self.run = run
            self.metric = metric
            steps = points.steps
            times = points.times
            values = points.values
        }
    }

    package var series: [Series]

    package init(series: [Series]) { self.series = series }
}

/// Data of the event `runs` of `GET /api/v1/stream`: runs that changed.
package struct StreamedRuns: Sendable, Codable, Hashable {
    package var runs: [RunMessage]

    package init(runs: [RunMessage]) { self.runs = runs }
}
