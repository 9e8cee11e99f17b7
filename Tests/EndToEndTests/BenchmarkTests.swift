import Foundation
import TestSupport
import Testing

/// The load generator against the real server: only that it works, never how fast.
@Suite struct `The benchmark program` {
    @Test func `drives every MLflow load without a failure and prints its table`() async throws {
        let result = try await ChildProcess.run(
            Products.program("isoloss-benchmark"),
            [
                "ingest", "--seconds", "1", "--without-merging", "--workload", "log-batch",
                "--workload", "log-metric",
            ]
        )
        #expect(result.status == 0, "\(result.output)\n\(result.errors)")
        let rows = result.output.split(separator: "\n").filter { $0.hasPrefix("| Isoloss") }
        #expect(rows.count == 2)
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 17)
            #expect(cells[2] != "0.000", "no points arrived: \(row)")
            #expect(cells[16] == "0", "requests failed: \(row)")
        }
    }

    @Test func `says how it is called`() async throws {
        let result = try await ChildProcess.run(
            Products.program("isoloss-benchmark"),
            ["ingest", "--workload", "nonsense"]
        )
        #expect(result.status == 64)
        #expect(result.errors.contains("log-batch"))
    }
}
