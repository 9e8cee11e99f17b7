import ArgumentParser

/// A way of sending points.
enum IngestWorkload: String, CaseIterable, ExpressibleByArgument {
    /// `runs/log-batch`, 1,000 points a request, 4 connections.
    case logBatch = "log-batch"
    /// `runs/log-metric`, one point a request, 32 connections.
    case logMetric = "log-metric"
    /// `POST /api/v1/points`, 100,000 points a request of 10 runs, 100 runs.
    case points
    /// The same with 100 steps of each of 100 runs in a request.
    case pointsSpread = "points-spread"

    var connections: Int {
        switch self {
        case .logBatch: 4
        case .logMetric: 32
        case .points, .pointsSpread: 4
        }
    }

    /// Runs that one connection writes to.
    var runsPerConnection: Int {
        switch self {
        case .logBatch, .points: 25
        case .logMetric: 1
        case .pointsSpread: 100
        }
    }

    /// Whether other servers that speak MLflow have it too.
    var isMLflow: Bool { self == .logBatch || self == .logMetric }
}
