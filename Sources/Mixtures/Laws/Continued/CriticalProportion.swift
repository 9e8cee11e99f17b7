import Foundation
import LinearAlgebra
package import ScalingLaws

/// The share of replayed source data at which continued pretraining keeps the source loss of the
/// base model: source loss = c + exp(k·r + b) (Data Mixing Laws, arXiv 2403.16952, section 5).
package struct CriticalProportion: Sendable, Codable, Hashable {
    /// Loss that no share removes, unit of the loss.
    package var level: Double
    /// Change of ln(loss − level) per unit proportion.
    package var slope: Double
    /// ln(loss − level) without replay.
    package var intercept: Double
    /// Share at which the source loss is the base model's, with its 90 % interval; nil where the
    /// curve never meets it between 0 and 1.
    package var critical: Interval?
    /// Root mean square residual, corrected for three parameters; unit of the loss.
    package var deviation: Double
    package var notes: [String]

    /// - Parameters:
    ///   - proportions: shares of source data, one per run, 0 to 1.
    ///   - losses: source losses after continued pretraining, positive.
    ///   - baseLoss: source loss before it.
    package static func fit(
        proportions: [Double],
        losses: [Double],
        baseLoss: Double
    ) throws(MixtureError) -> CriticalProportion {
        try check(proportions, losses, baseLoss)
        // The losses decide level and factor at each slope; the slope alone is searched.
        var best = (slope: -1.0, error: Double.infinity)
        for step in 0...160 {
            for sign in [-1.0, 1] {
                let slope = sign * exp(-4 + Double(step) / 160 * 9)
                let error = profile(slope, proportions, losses)?.error ?? .infinity
                if error < best.error { best = (slope, error) }
            }
        }
        guard best.error.isFinite else {
            throw .didNotConverge(law: "critical-proportion", starts: 1)
        }
        let slope = refined(best.slope, proportions, losses)
        guard let found = profile(slope, proportions, losses) else {
            throw .didNotConverge(law: "critical-proportion", starts: 1)
        }
        return answer(slope, found, proportions, losses, baseLoss)
    }

    private static func check(
        _ proportions: [Double],
        _ losses: [Double],
        _ baseLoss: Double
    ) throws(MixtureError) {
        guard proportions.count == losses.count, Set(proportions).count >= 4 else {
            throw .tooFewRuns(
                law: "The critical proportion",
                needed: 4,
                found: Set(proportions).count
            )
        }
        guard proportions.allSatisfy({ (0...1).contains($0) }),
            losses.allSatisfy({ $0.isFinite && $0 > 0 && $0 < 1e100 }), baseLoss.isFinite,
            baseLoss > 0
        else {
            throw .invalid(
                field: "proportions",
                reason: "Expected proportions from 0 to 1 and finite positive losses."
            )
        }
        guard let low = losses.min(), let high = losses.max(), high - low > 1e-12 * high else {
            throw .noSpread(target: "The source loss", value: losses[0])
        }
    }

    /// Level and factor of exp(slope·r) by least squares; nil where the factor is not positive.
    private static func profile(
        _ slope: Double,
        _ proportions: [Double],
        _ losses: [Double]
    ) -> (level: Double, factor: Double, error: Double)? {
        let count = Double(losses.count)
        let terms = proportions.map { exp(slope * $0) }
        let (first, second) = (
            terms.reduce(0, +) / count, losses.reduce(0, +) / count
        )
        var (square, cross) = (0.0, 0.0)
        for (term, loss) in zip(terms, losses) {
            square += (term - first) * (term - first)
            cross += (term - first) * (loss - second)
        }
        let factor = cross / square
        guard factor > 0, factor.isFinite else { return nil }
        let level = second - factor * first
        let error = zip(terms, losses).reduce(0) {
            let residual = level + factor * $1.0 - $1.1
            return $0 + residual * residual
        }
        return (level, factor, error)
    }

    /// Golden sections about the best slope of the list.
    private static func refined(
        _ slope: Double,
        _ proportions: [Double],
        _ losses: [Double]
    ) -> Double {
        func error(_ logarithm: Double) -> Double {
            let candidate = (slope < 0 ? -1 : 1) * exp(logarithm)
            return profile(candidate, proportions, losses)?.error ?? .infinity
        }
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (log(abs(slope)) - 0.06, log(abs(slope)) + 0.06)
        for _ in 0..<60 {
            let left = high - ratio * (high - low)
            let right = low + ratio * (high - low)
            if error(left) < error(right) { high = right } else { low = left }
        }
        return (slope < 0 ? -1 : 1) * exp((low + high) / 2)
    }

    private static func answer(
        _ slope: Double,
        _ found: (level: Double, factor: Double, error: Double),
        _ proportions: [Double],
        _ losses: [Double],
        _ baseLoss: Double
    ) -> CriticalProportion {
        let freedom = losses.count - 3
        let deviation = freedom > 0 ? (found.error / Double(freedom)).squareRoot() : 0
        var result = CriticalProportion(
            level: found.level,
            slope: slope,
            intercept: log(found.factor),
            critical: nil,
            deviation: deviation,
            notes: []
        )
        let excess = (baseLoss - found.level) / found.factor
        let critical = excess > 0 ? log(excess) / slope : .infinity
        guard (0...1).contains(critical) else {
            result.notes = ["No share from 0 to 1 has the base model's source loss."]
            return result
        }
        let spread = result.spread(critical, proportions)
        let half = freedom > 0 ? StudentQuantile.ninetyPercent(freedom) * spread : 1
        result.critical = Interval(
            value: critical,
            low: max(critical - half, 0),
            high: min(critical + half, 1)
        )
        if let low = proportions.min(), let high = proportions.max(),
            critical < low || critical > high
        {
            result.notes.append(
                "The critical proportion lies outside of the proportions tried, \(low) to \(high)."
            )
        }
        if freedom < 1 {
            result.notes.append("Four runs fit the curve exactly; a fifth would give an interval.")
        }
        return result
    }

    /// Standard deviation of the critical proportion by the delta method.
    private func spread(_ critical: Double, _ proportions: [Double]) -> Double {
        var information = Matrix(rows: 3, columns: 3)
        func slopes(_ share: Double) -> [Double] {
            let term = exp(slope * share + intercept)
            return [1, term * share, term]
        }
        for share in proportions {
            let own = slopes(share)
            for row in 0..<3 {
                for column in 0..<3 { information[row, column] += own[row] * own[column] }
            }
        }
        let own = slopes(critical)
        guard let solved = try? information.choleskySolve(own) else { return 1 }
        let variance = zip(own, solved).reduce(0) { $0 + $1.0 * $1.1 }
        return deviation * max(variance, 0).squareRoot() / abs(slope * own[2])
    }
}
