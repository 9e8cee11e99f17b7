import Foundation
import Runs

/// Runs with which a law can be fitted that has too few to stand on: small grids around settings
/// that are known to be good, the best runs that there are or else Step Law's published constants
/// (arXiv 2503.04715). `RunDesign` takes over once there is a fit to improve.
package struct FirstRuns: Sendable {
    package struct Run: Sendable, Hashable, Codable {
        package var parameterCount: Double
        package var tokenCount: Double
        package var peakLearningRate: Double
        package var batchTokens: Double
        /// 6·N·D.
        package var flops: Double
        package var reason: String
    }

    /// What the grids lead up to; they are at a quarter to a 64th of its size.
    package struct Target: Sendable, Hashable {
        package var parameterCount: Double
        package var tokensPerParameter: Double

        /// Compute-optimal tokens where only a size is known (Chinchilla, arXiv 2203.15556).
        package init(parameterCount: Double, tokenCount: Double? = nil) {
            self.parameterCount = max(parameterCount, 1e6)
            let ratio = tokenCount.map { $0 / parameterCount } ?? 20
            tokensPerParameter = min(max(ratio, 5), 100)
        }
    }

    let target: Target
    /// Runs that there are already, whatever they lack for the law.
    let known: [Observation]

    package init(target: Target, beside known: [Observation] = []) {
        self.target = target
        self.known = known
    }

    /// nil for a law whose runs differ in more than size, tokens, learning rate and batch.
    package func plan(for card: LawCard) -> [Run]? {
        switch card.id {
        case StepLaw.card.id: return cells(rates: [0.5, 1, 2], batches: [0.5, 1, 2])
        case ConditionalLearningRate.card.id:
            return cells(rates: [0.25, 0.5, 1, 2, 4], batches: [0.5, 1, 2])
        case IsoFLOP.card.id: return budgets()
        case CriticalBatch.card.id: return batches()
        // Many laws are weighed on the largest sizes, which none of them has seen.
        case Stack.card.id: return sizes(parts: [64, 32, 16, 8], shares: [0.25, 0.5, 1, 2, 4])
        default: break
        }
        let plain: Set<Role> = [.parameterCount, .tokenCount, .batchTokens, .loss]
        let isOfSizes = card.family == .modelAndData && Set(card.inputs).isSubset(of: plain)
        return isOfSizes ? sizes(parts: [64, 16, 4], shares: [0.25, 1, 4]) : nil
    }

    // MARK: Grids

    /// Learning rates and batches in four cells: two sizes by two token counts.
    private func cells(rates: [Double], batches: [Double]) -> [Run] {
        let small = target.parameterCount / 64
        let own = target.tokensPerParameter * small
        let wanted = [(small, own), (small, 4 * own), (4 * small, own), (4 * small, 4 * own)]
        let cells = (crowdedCells + wanted).reduce(into: [(Double, Double)]()) { cells, next in
            let isNew = cells.allSatisfy {
                !Self.isSame($0.0, next.0) || !Self.isSame($0.1, next.1)
            }
            if isNew && cells.count < 4 { cells.append(next) }
        }
        return cells.flatMap { size, tokens in
            let center = center(size, tokens)
            return rates.flatMap { rate in
                batches.map { batch in
                    run(
                        size,
                        tokens,
                        rate: center.rate * rate,
                        batch: center.batch * batch,
                        "\(rates.count) learning rates by \(batches.count) batches around"
                            + " \(center.source)"
                    )
                }
            }
        }.filter { !isKnown($0) }
    }

    /// Several sizes at under-, well- and over-trained tokens.
    private func sizes(parts: [Double], shares: [Double]) -> [Run] {
        parts.flatMap { part in
            shares.map { share in
                tuned(
                    target.parameterCount / part,
                    target.parameterCount / part * target.tokensPerParameter * share,
                    "\(parts.count) sizes, each at \(shares.count) tokens a parameter"
                )
            }
        }.filter { !isKnown($0, sizeAlone: true) }
    }

    /// Three budgets of compute, each at five sizes about its compute-optimal one.
    private func budgets() -> [Run] {
        [256.0, 64, 16].flatMap { part in
            let best = target.parameterCount / part
            let product = best * best * target.tokensPerParameter
            return [0.25, 0.5, 1, 2, 4].map { factor in
                tuned(best * factor, product / (best * factor), "three budgets, each at five sizes")
            }
        }.filter { !isKnown($0, sizeAlone: true) }
    }

    /// Five batches at one size, the learning rate as the square root of the batch.
    private func batches() -> [Run] {
        let size = crowdedCells.first?.0 ?? target.parameterCount / 16
        let tokens = crowdedCells.first?.1 ?? size * target.tokensPerParameter
        let center = center(size, tokens)
        return [0.125, 0.25, 0.5, 1, 2, 4].map { factor in
            run(
                size,
                tokens,
                rate: center.rate * min(factor, 1).squareRoot(),
                batch: center.batch * factor,
                "six batches at one size; keep the rate constant and log the loss on the way"
            )
        }.filter { !isKnown($0) }
    }

    // MARK: Settings

    /// Sizes and tokens that many runs share, the most crowded first.
    private var crowdedCells: [(Double, Double)] {
        var cells: [(size: Double, tokens: Double, count: Int)] = []
        for run in known where run.parameterCount > 0 && run.tokenCount > 0 {
            let place = cells.firstIndex {
                Self.isSame($0.size, run.parameterCount) && Self.isSame($0.tokens, run.tokenCount)
            }
            if let place {
                cells[place].count += 1
            } else {
                cells.append((run.parameterCount, run.tokenCount, 1))
            }
        }
        let crowded = cells.filter {
            $0.count > 1 && (1...1e15) ~= $0.size && (1...1e18) ~= $0.tokens
        }
        return crowded.sorted { ($1.count, $0.size) < ($0.count, $1.size) }.prefix(3)
            .map { ($0.size, $0.tokens) }
    }

    private func center(
        _ size: Double,
        _ tokens: Double
    ) -> (rate: Double, batch: Double, source: String) {
        let own = known.filter {
            Self.isSame($0.parameterCount, size) && Self.isSame($0.tokenCount, tokens)
                && $0.lossNats.isFinite && $0.peakLearningRate > 0 && $0.batchTokens > 0
        }
        if own.count > 2, let best = own.min(by: { $0.lossNats < $1.lossNats }) {
            return (best.peakLearningRate, best.batchTokens, "the best run there is")
        }
        // As printed; the published law itself warns outside the sizes it was fitted on.
        let rate = 1.79 * pow(size, -0.713) * pow(tokens, 0.307)
        return (rate, 0.58 * pow(tokens, 0.571), "what Step Law's published constants say")
    }

    private func tuned(_ size: Double, _ tokens: Double, _ reason: String) -> Run {
        let center = center(size, tokens)
        return run(size, tokens, rate: center.rate, batch: center.batch, reason)
    }

    /// In numbers that can be read aloud: three digits of counts, two of the learning rate.
    private func run(
        _ size: Double,
        _ tokens: Double,
        rate: Double,
        batch: Double,
        _ reason: String
    ) -> Run {
        let (size, tokens) = (Self.rounded(size, 3), Self.rounded(tokens, 3))
        return Run(
            parameterCount: size,
            tokenCount: tokens,
            peakLearningRate: Self.rounded(rate, 2),
            batchTokens: max(1, Self.rounded(batch, 3)),
            flops: 6 * size * tokens,
            reason: reason
        )
    }

    private func isKnown(_ run: Run, sizeAlone: Bool = false) -> Bool {
        known.contains { other in
            Self.isSame(other.parameterCount, run.parameterCount)
                && Self.isSame(other.tokenCount, run.tokenCount) && other.lossNats.isFinite
                && (sizeAlone
                    || Self.isSame(other.peakLearningRate, run.peakLearningRate)
                        && Self.isSame(other.batchTokens, run.batchTokens))
        }
    }

    /// Within 15 %, closer than any two points of a grid.
    private static func isSame(_ first: Double, _ second: Double) -> Bool {
        first > 0 && second > 0 && abs(log(first / second)) < 0.15
    }

    private static func rounded(_ value: Double, _ digits: Int) -> Double {
        guard value > 0, value.isFinite else { return value }
        let unit = pow(10, floor(log10(value)) - Double(digits - 1))
        return (value / unit).rounded() * unit
    }
}
