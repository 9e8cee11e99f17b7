/// Bytes a point of merged curves: 100 runs of ten series each.
struct StorageBenchmark {
    /// What the values of a curve are.
    enum Values: String, CaseIterable {
        /// Doubles that are exactly a 32-bit float, as training programs log them.
        case float32
        /// Doubles with noise in every bit.
        case float64
    }

    static let table = Table([
        "values", "points", "points a series", "bytes/point", "after housekeeping", "chunks",
    ])

    let server: MeasuredServer
    let pointsPerSeries: Int

    func run(_ values: Values, into table: inout Table) async throws {
        let calls = MLflowCalls(server: server)
        let experiment = try calls.makeExperiment("storage")
        let runs = try calls.makeRuns(100, experiment: experiment)
        let meter = server.cluster.meter
        try await meter.vacuum()
        let before = try await meter.bytes()
        let chunksBefore = try await meter.chunkBytes()
        try await SeriesSeeder(server: server).fill(
            runs: runs,
            seriesCount: 10,
            points: pointsPerSeries,
            pool: NumberPool(seed: 3, isFloat32: values == .float32)
        )
        let points = Double(runs.count * 10 * pointsPerSeries)
        let merged = Double(try await meter.bytes() - before) / points
        try await meter.vacuum()
        let settled = Double(try await meter.bytes() - before) / points
        let chunks = Double(try await meter.chunkBytes() - chunksBefore) / points
        for line in try await meter.largest() { say(line) }
        table.add([
            values.rawValue, short(points), "\(pointsPerSeries)", short(merged), short(settled),
            short(chunks),
        ])
    }
}
