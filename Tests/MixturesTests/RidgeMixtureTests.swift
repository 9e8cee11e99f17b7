import Foundation
import Mixtures
import Testing

struct RidgeMixtureTests {
    @Test func `A linear law is recovered, and its gradient is its slopes`() throws {
        let rows: [[Double]] = [
            [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0], [0.2, 0.3, 0.5], [0.1, 0.1, 0.8],
        ]
        let runs = rows.map { row in
            MixtureData.Run(
                id: UUID(),
                name: "run",
                proportions: row,
                loss: 3 - row[0] + 0.5 * row[1]
            )
        }
        let data = MixtureData(domains: ["a", "b", "c"], runs: runs)
        let fit = try RidgeMixture.fit(data, MixtureFitRequest(ridge: 1e-9), startingFrom: nil)
        #expect(abs(fit.loss(at: [0.3, 0.3, 0.4]) - 2.85) < 1e-6)
        let slopes = try #require(fit.gradient(at: rows[4]))
        #expect(abs(slopes[0] - slopes[2] + 1) < 1e-6)
    }
}
