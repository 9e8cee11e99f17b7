/// Durations of repeated requests, in milliseconds.
struct Samples {
    private(set) var server: [Double] = []
    private(set) var wall: [Double] = []
    private(set) var bytes = 0

    var count: Int { wall.count }

    /// Sends one request and keeps what it took: by the server's own clock, and by ours.
    mutating func time(
        _ connection: inout LoadConnection,
        _ request: [UInt8],
        _ name: String
    ) throws(LoadError) -> LoadAnswer {
        let clock = ContinuousClock()
        let start = clock.now
        let response = try connection.exchange(request)
        wall.append((clock.now - start) / .milliseconds(1))
        if let own = response.serverMilliseconds { server.append(own) }
        bytes = response.body.count
        guard response.status == 200 else {
            throw .refused(call: name, status: response.status, body: response.text)
        }
        return response
    }

    /// Median, 99th percentile and maximum of the server's time (ours where it says none), and the
    /// median of ours.
    var cells: [String] {
        let own = (server.count == wall.count ? server : wall).sorted()
        return [
            short(Self.quantile(own, 0.5)), short(Self.quantile(own, 0.99)),
            short(own.last ?? .nan), short(Self.quantile(wall.sorted(), 0.5)),
        ]
    }

    var median: Double {
        Self.quantile((server.count == wall.count ? server : wall).sorted(), 0.5)
    }

    static let columns = ["p50 ms", "p99", "max", "wall p50"]

    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return sorted[min(max(rank, 0), sorted.count - 1)]
    }
}
