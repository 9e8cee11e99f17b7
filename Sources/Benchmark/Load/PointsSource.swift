import ScalingLaws

/// `POST /api/v1/points` requests: columns of several runs and ten noisy series each, times with
/// milliseconds of jitter.
struct PointsSource: RequestSource {
    private let head: RequestText
    private let runs: [[UInt8]]
    private let pool: NumberPool
    private let names: [[UInt8]]
    private let runsPerRequest: Int
    private let stepsPerRequest: Int
    private let limit: Int
    private var random: SplitMix64
    private var steps: [Int]
    private var next = 0
    private var sent = 0
    private var body: [UInt8] = []

    /// Each request carries `stepsPerRequest` steps of all series of the next `runsPerRequest`
    /// runs; no more than about `limit` points are sent in all.
    init(
        runs: [String],
        pool: NumberPool,
        runsPerRequest: Int,
        stepsPerRequest: Int,
        seriesCount: Int = 10,
        limit: Int = .max,
        seed: UInt64,
        path: String = "/api/v1/points"
    ) {
        head = RequestText("POST", path)
        self.runs = runs.map { Array("{\"run\":\"\($0)\",\"steps\":[".utf8) }
        self.pool = pool
        names = (0..<seriesCount).map { Array("\"train/metric_\($0)\":[".utf8) }
        self.runsPerRequest = min(runsPerRequest, runs.count)
        self.stepsPerRequest = stepsPerRequest
        self.limit = limit
        random = SplitMix64(seed: seed)
        steps = [Int](repeating: 0, count: runs.count)
    }

    private static let times = Array("],\"times\":[".utf8)
    private static let metrics = Array("],\"metrics\":{".utf8)

    mutating func next(_ request: inout [UInt8]) -> Int? {
        guard sent < limit else { return nil }
        body.removeAll(keepingCapacity: true)
        body.append(contentsOf: Array("{\"runs\":[".utf8))
        for _ in 0..<runsPerRequest {
            appendRun(next)
            steps[next] += stepsPerRequest
            next = (next + 1) % runs.count
        }
        body.removeLast()
        body.append(contentsOf: Array("]}".utf8))
        head.write(body, into: &request)
        let points = runsPerRequest * stepsPerRequest * names.count
        sent += points
        return points
    }

    private mutating func appendRun(_ run: Int) {
        let first = steps[run]
        body.append(contentsOf: runs[run])
        for step in first..<first + stepsPerRequest {
            body.append(number: step)
            body.append(UInt8(ascii: ","))
        }
        body.removeLast()
        body.append(contentsOf: Self.times)
        for step in first..<first + stepsPerRequest {
            // A step every 100 ms, give or take some whole milliseconds; microseconds since 1970.
            let jitter = Int(truncatingIfNeeded: random.next() & 15)
            body.append(number: 1_750_000_000_000_000 + (step * 100 + jitter) * 1_000)
            body.append(UInt8(ascii: ","))
        }
        body.removeLast()
        body.append(contentsOf: Self.metrics)
        for name in names {
            body.append(contentsOf: name)
            let start = Int(truncatingIfNeeded: random.next() >> 8)
            pool.append(stepsPerRequest, from: start, to: &body)
            body.append(contentsOf: [UInt8(ascii: "]"), UInt8(ascii: ",")])
        }
        body.removeLast()
        body.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "}"), UInt8(ascii: ",")])
    }
}
