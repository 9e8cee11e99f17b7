import Foundation

/// The same loads on every server that speaks MLflow, and the figures by which they compare.
struct PeerBenchmark {
    let seconds: Double
    let historyPoints: Int
    let searchRuns: Int

    /// One server's figures, by the row they stand in.
    struct Figures {
        let name: String
        var values: [Row: Double] = [:]
    }

    enum Row: String, CaseIterable {
        case idle = "memory of the server idle, MB"
        case batchCPU = "log-batch of 1,000: CPU µs/point"
        case batchRate = "log-batch of 1,000: points/s"
        case batchTail = "log-batch of 1,000: p99 ms"
        case batchBytes = "log-batch of 1,000: bytes/point"
        case singleCPU = "log-metric: CPU µs/call"
        case singleRate = "log-metric, 32 connections: calls/s"
        case singleTail = "log-metric, 32 connections: p99 ms"
        case history = "history read back: s"
        case search = "search, first page: ms"

        /// Whether more is better.
        var isRate: Bool { self == .batchRate || self == .singleRate }
    }

    func measure(_ server: MeasuredServer) async throws -> Figures {
        var figures = Figures(name: server.name)
        try await Task.sleep(for: .seconds(2))
        figures.values[.idle] = Double(server.meter.read().server.proportionalBytes) / 1e6
        let ingest = IngestBenchmark(server: server, seconds: seconds)
        var table = IngestReport.table
        let batch = try await ingest.run(.logBatch)
        table.add(batch.cells)
        figures.values[.batchCPU] = batch.microsecondsPerPoint
        figures.values[.batchRate] = batch.outcome.pointsPerSecond
        figures.values[.batchTail] = batch.outcome.quantile(0.99)
        figures.values[.batchBytes] = Double(batch.bytes) / Double(max(batch.outcome.points, 1))
        let single = try await ingest.run(.logMetric)
        table.add(single.cells)
        figures.values[.singleCPU] = single.microsecondsPerPoint
        figures.values[.singleRate] = single.outcome.requestsPerSecond
        figures.values[.singleTail] = single.outcome.quantile(0.99)
        table.show()
        var pages = HistoryBenchmark.table
        let history = HistoryBenchmark(server: server, points: historyPoints)
        let read = try await history.run(parsesWithPython: false)
        pages.add(read.cells)
        pages.show()
        figures.values[.history] = read.seconds
        var searches = SearchBenchmark.table
        let search = SearchBenchmark(server: server, runs: searchRuns, paramCount: 8)
        figures.values[.search] = try await search.run(into: &searches)
        searches.show()
        return figures
    }

    /// Every figure of every server, and how many times better the first is.
    static func show(_ all: [Figures]) {
        guard let own = all.first else { return }
        let peers = all.dropFirst()
        var table = Table(
            ["measure"] + all.map(\.name) + peers.map { "\(own.name) : \($0.name)" }
        )
        for row in Row.allCases {
            let mine = own.values[row] ?? .nan
            let ratios = peers.map { peer -> String in
                let other = peer.values[row] ?? .nan
                return short(row.isRate ? mine / other : other / mine) + " ×"
            }
            table.add([row.rawValue] + all.map { short($0.values[row] ?? .nan) } + ratios)
        }
        table.show()
    }
}
