import API

/// What reading the JSON of a request costs, and nothing else.
enum ParseFloor {
    static let table = Table(["reading the JSON alone", "µs/point", "MB/s", "points/s"])

    static func run(into table: inout Table) throws {
        let run = String(repeating: "a", count: 32)
        let pool = NumberPool(seed: 6)
        try measure(
            "log-batch of 1,000 points",
            LogBatchSource(runs: [run], pool: pool, seed: 1),
            into: &table
        )
        try measure(
            "points, 100,000 in columns",
            PointsSource(
                runs: (0..<10).map { _ in run },
                pool: pool,
                runsPerRequest: 10,
                stepsPerRequest: 1_000,
                seed: 1
            ),
            into: &table
        )
    }

    private static func measure(
        _ name: String,
        _ source: some RequestSource,
        into table: inout Table
    ) throws {
        var source = source
        var request: [UInt8] = []
        var points = 0
        var bytes = 0
        var seconds = 0.0
        while seconds < 2 {
            points += source.next(&request) ?? 0
            guard let start = request.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else {
                break
            }
            let body = Array(request[start...])
            bytes += body.count
            let before = CopyFloor.processSeconds()
            try walk(body)
            seconds += CopyFloor.processSeconds() - before
        }
        table.add([
            name, short(seconds / Double(points) * 1e6), short(Double(bytes) / seconds / 1e6),
            short(Double(points) / seconds),
        ])
    }

    static func walk(_ body: [UInt8]) throws(JSONSyntaxError) {
        var reader = JSONReader(body)
        try reader.skipValue()
        try reader.finish()
    }
}
