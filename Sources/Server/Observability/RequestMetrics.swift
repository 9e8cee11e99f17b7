import HTTPTypes
import Metrics
import Synchronization

/// Counts answered requests and their seconds by route and class of status. A route is the pattern
/// that was registered, never the path that was asked for, so that nobody outside makes series.
final class RequestMetrics: Sendable {
    private struct Key: Hashable, Sendable {
        var method: String
        var route: String
        var statusClass: Int
    }

    private struct Instruments: Sendable {
        var count: Counter
        var duration: Timer
    }

    private let known = Mutex<[Key: Instruments]>([:])

    func record(method: HTTPRequest.Method, route: String?, status: Int, nanoseconds: Int64) {
        let key = Key(
            method: Self.known.contains(method) ? method.rawValue : "other",
            route: route ?? "none",
            statusClass: status / 100
        )
        let instruments = known.withLock { known in
            if let instruments = known[key] { return instruments }
            let instruments = Self.make(key)
            known[key] = instruments
            return instruments
        }
        instruments.count.increment()
        instruments.duration.recordNanoseconds(nanoseconds)
    }

    private static let known: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .patch, .delete, .options,
    ]

    private static func make(_ key: Key) -> Instruments {
        let route = [("method", key.method), ("route", key.route)]
        let status = [("status", "\(key.statusClass)xx")]
        return Instruments(
            count: Counter(label: "isoloss_http_requests_total", dimensions: route + status),
            duration: Timer(label: "isoloss_http_request_seconds", dimensions: route)
        )
    }
}
