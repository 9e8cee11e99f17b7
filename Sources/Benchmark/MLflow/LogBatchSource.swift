import ScalingLaws

/// `runs/log-batch` requests as the Python client writes them: ten keys a run, a step every 100 ms,
/// values of noisy curves, one run after the other.
struct LogBatchSource: RequestSource {
    private let head: RequestText
    private let runs: [[UInt8]]
    private let pool: NumberPool
    private let keys: [[UInt8]]
    private let pointsPerRequest: Int
    private var step: Int
    private var run = 0
    private var value: Int
    private var body: [UInt8] = []
    private let start: Int
    private let limit: Int
    private var sent = 0

    /// `startMilliseconds` is the time of step 0, since 1970; no more than about `limit` points are
    /// sent.
    init(
        runs: [String],
        pool: NumberPool,
        pointsPerRequest: Int = 1_000,
        keyCount: Int = 10,
        firstStep: Int = 0,
        startMilliseconds: Int = 1_750_000_000_000,
        limit: Int = .max,
        path: String = MLflowCalls.prefix + "/runs/log-batch",
        seed: Int
    ) {
        head = RequestText("POST", path)
        self.runs = runs.map { Array("{\"run_id\": \"\($0)\", \"metrics\": [".utf8) }
        self.pool = pool
        keys = (0..<keyCount).map { Array("{\"key\": \"train/metric_\($0)\", \"value\": ".utf8) }
        self.pointsPerRequest = pointsPerRequest
        step = firstStep
        start = startMilliseconds
        self.limit = limit
        value = seed &* 7_919
    }

    private static let timestamp = Array(", \"timestamp\": ".utf8)
    private static let stepKey = Array(", \"step\": ".utf8)
    private static let next = Array("}, ".utf8)
    private static let end = Array("}]}".utf8)

    mutating func next(_ request: inout [UInt8]) -> Int? {
        guard sent < limit else { return nil }
        body.removeAll(keepingCapacity: true)
        body.append(contentsOf: runs[run])
        let stepCount = pointsPerRequest / keys.count
        for step in step..<step + stepCount {
            for key in keys {
                body.append(contentsOf: key)
                body.append(contentsOf: pool.number(value))
                body.append(contentsOf: Self.timestamp)
                body.append(number: start + step * 100 + value % 7)
                body.append(contentsOf: Self.stepKey)
                body.append(number: step)
                body.append(contentsOf: Self.next)
                value += 1
            }
        }
        body.removeLast(Self.next.count)
        body.append(contentsOf: Self.end)
        run += 1
        if run == runs.count {
            run = 0
            step += stepCount
        }
        head.write(body, into: &request)
        sent += stepCount * keys.count
        return stepCount * keys.count
    }
}

/// `runs/log-metric` requests, one point each, as a training loop without batching sends them.
struct LogMetricSource: RequestSource {
    private let head: RequestText
    private let prefix: [UInt8]
    private let pool: NumberPool
    private var step = 0
    private var value: Int
    private var body: [UInt8] = []

    init(
        run: String,
        pool: NumberPool,
        seed: Int,
        path: String = MLflowCalls.prefix + "/runs/log-metric"
    ) {
        head = RequestText("POST", path)
        prefix = Array("{\"run_id\": \"\(run)\", \"key\": \"train/loss\", \"value\": ".utf8)
        self.pool = pool
        value = seed &* 7_919
    }

    mutating func next(_ request: inout [UInt8]) -> Int? {
        body.removeAll(keepingCapacity: true)
        body.append(contentsOf: prefix)
        body.append(contentsOf: pool.number(value))
        body.append(contentsOf: Array(", \"timestamp\": ".utf8))
        body.append(number: 1_750_000_000_000 + step * 100)
        body.append(contentsOf: Array(", \"step\": ".utf8))
        body.append(number: step)
        body.append(UInt8(ascii: "}"))
        step += 1
        value += 1
        head.write(body, into: &request)
        return 1
    }
}
