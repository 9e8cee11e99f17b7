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

    /// 1.5 + 0.3/N^0.3 + 0.3/(D·u)^0.3, u the sum of roots, N in 1e9 and D in 1e10.
    static func loss(_ shares: [Double], parameters: Double, tokens: Double) -> Double {
        let scales = [1.5, 0.8, 0.1]
        let sum = zip(scales, shares).reduce(0.05) { $0 + $1.0 * ($1.1 + 1e-3).squareRoot() }
        return 1.5 + 0.3 * pow(parameters / 1e9, -0.3) + 0.3 * pow(tokens / 1e10 * sum, -0.3)
    }

    /// Runs of two sizes and three token counts.
    static func loadSizes(_ app: TestApplication) async throws {
        var random = SeededGenerator(seed: 3)
        var mixtures = "index,web,code,other\n"
        var results = "index,loss,N,D\n"
        for index in 0..<48 {
            let draws = domains.map { _ in -log(Double.random(in: 1e-6..<1, using: &random)) }
            let sum = draws.reduce(0, +)
            let shares = draws.map { ($0 / sum * 1e6).rounded() / 1e6 }
            let (size, tokens) = ([1e8, 3e8][index % 2], [3e9, 8e9, 2e10][index % 3])
            mixtures += "\(index)," + shares.map { "\($0)" }.joined(separator: ",") + "\n"
            let loss = loss(shares, parameters: size, tokens: tokens)
            results += "\(index),\(loss),\(size),\(tokens)\n"
        }
        let message = try await app.importFile(
            mixtures + results,
            "project=swarm&format=mixtures&join=index&mixturesBytes=\(mixtures.utf8.count)"
                + "&map=parameterCount%3DN&map=tokenCount%3DD"
        )
        guard message.inserted == 48 else { throw Refused(text: "\(message)") }
    }

    struct Refused: Error { var text: String }
}
