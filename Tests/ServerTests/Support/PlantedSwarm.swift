import API
import Foundation
import Runs
import TestSupport

/// A swarm over three domains whose loss is known: L = 2 + 1 / (0.1 + 1.5 √web + 0.8 √code + 0.1
/// √other)^0.3.
enum PlantedSwarm {
    static let domains = ["web", "code", "other"]
    static let runCount = 40

    static func loss(_ shares: [Double]) -> Double {
        let scales = [1.5, 0.8, 0.1]
        let sum = zip(scales, shares).reduce(0.1) { $0 + $1.0 * $1.1.squareRoot() }
        return 2 + pow(sum, -0.3)
    }

    /// Tables of mixtures and of results, joined by `index`.
    static func tables(seed: UInt64 = 7) -> (mixtures: String, results: String) {
        var random = SeededGenerator(seed: seed)
        var mixtures = "index,web,code,other\n"
        var results = "index,loss,loss/web\n"
        for index in 0..<runCount {
            let draws = domains.map { _ in -log(Double.random(in: 1e-6..<1, using: &random)) }
            let sum = draws.reduce(0, +)
            let shares = draws.map { ($0 / sum * 1e6).rounded() / 1e6 }
            mixtures += "\(index)," + shares.map { "\($0)" }.joined(separator: ",") + "\n"
            results += "\(index),\(loss(shares)),\(loss(shares) + 0.5)\n"
        }
        return (mixtures, results)
    }

    static func load(_ app: TestApplication, project: String = "swarm") async throws {
        let (mixtures, results) = tables()
        let message = try await app.importFile(
            mixtures + results,
            "project=\(project)&format=mixtures&join=index&mixturesBytes=\(mixtures.utf8.count)"
        )
        guard message.inserted == runCount else { throw Refused(text: "\(message)") }
    }

    struct Refused: Error { var text: String }
}
