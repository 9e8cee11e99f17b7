import Foundation

/// How alike runs went on from here: a Gaussian process of ln (final loss / loss now) over settings
/// and the loss now, its deviation scaled so that it held for the peers themselves when each was
/// left out.
struct PeerForecast {
    private let problem: ForecastProblem
    private let process: GaussianProcess
    private let ratios: [Double]
    /// ln of the final loss, and its standard deviation.
    let mean: Double
    let deviation: Double

    init?(_ problem: ForecastProblem) {
        guard problem.peers.count >= ForecastProblem.fewestPeers else { return nil }
        let rows = problem.peers.map { problem.row($0.settings, now: $0.now) }
        let ratios = problem.peers.map { $0.logFinal - $0.now }
        guard let process = GaussianProcess(rows: rows, targets: ratios) else { return nil }
        self.problem = problem
        self.process = process
        self.ratios = ratios
        let predicted = process.predict(problem.ownRow)
        mean = problem.now + predicted.mean
        deviation = predicted.deviation * Self.scale(process, ratios)
    }

    /// What the deviation must be multiplied with so that 90 % of the peers, each predicted from
    /// the others, lie in their bands (split conformal: at rank ⌈0.9 (n + 1)⌉); never below 1. A
    /// process of few runs knows its lengths badly, which √(1 + 10 / n) makes up for.
    private static func scale(_ process: GaussianProcess, _ ratios: [Double]) -> Double {
        let scores = process.leaveOneOut(ratios)
            .map { abs($0.residual) / max($0.deviation, 1e-12) }.sorted()
        let rank = Int((0.9 * Double(scores.count + 1)).rounded(.up)) - 1
        let quantile = scores[min(max(rank, 0), scores.count - 1)]
        let few = (1 + 10 / Double(scores.count)).squareRoot()
        return min(max(quantile / Normal.ninetyPercent, 1), 4) * few
    }

    /// ln loss and its deviation at later shares of the training, in rising order.
    func path(_ shares: [Double]) -> [(mean: Double, deviation: Double)] {
        let whole = spread(process.leaveOneOut(ratios))
        return shares.map { share in
            let targets = problem.peers.indices.map { index in
                let peer = problem.peers[index]
                guard share < 1, let level = peer.curve.logLoss(at: share * peer.horizon) else {
                    return ratios[index]
                }
                return level - peer.now
            }
            let middle = process.predict(problem.ownRow, ofTargets: targets)
            let part = min(spread(process.leaveOneOut(targets)) / max(whole, 1e-12), 1)
            return (problem.now + middle, deviation * part)
        }
    }

    private func spread(_ residuals: [(residual: Double, deviation: Double)]) -> Double {
        let squares = residuals.reduce(0) { $0 + $1.residual * $1.residual }
        return (squares / Double(max(residuals.count, 1))).squareRoot()
    }
}

/// The standard normal distribution.
enum Normal {
    /// Half width of the central 90 %, in standard deviations.
    static let ninetyPercent = 1.6448536269514722

    /// Probability of a value below `z`.
    static func below(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
}
