import Foundation
import LinearAlgebra

/// Forms of the dependence on the batch that are fitted side by side.
enum RateForm: Sendable, Hashable {
    /// The law, with this sharpness.
    case saturating(Double)
    /// LR ∝ B^α, α fitted.
    case powerLaw
    /// LR ∝ B^α with α given.
    case fixedPower(Double)
}

/// Fits the saturating form to slices: for a given knee it is linear in the other four, so the
/// search is over one number (variable projection).
struct RateSolver {
    let slices: [RateSlice]
    /// ln of the knee over the optimal batch that are tried.
    static let kneeRange = -2.5...3.5
    private static let kneeSteps = 12
    /// Residuals beyond this many robust standard deviations count linearly.
    private static let robustness = 2.0

    struct Solution: Sendable {
        /// Far above the knee; for power laws at ln B = `center`.
        var base: [Double]
        var slope: Double
        /// ln of knee over optimal batch; 0 for power laws.
        var logKnee: Double
        var objective: Double
    }

    /// - Parameters:
    ///   - batch: ln B* = (1, n, d) · batch, to which the knee is tied.
    ///   - weights: how often each cell counts.
    /// - Returns: nil when the slices do not determine the form.
    func solve(_ form: RateForm, batch: [Double], weights: [Double]) -> Solution? {
        switch form {
        case .saturating(let sharpness):
            search { logKnee in
                linear(weights) { slice in
                    let knee = Self.at(batch, slice) + logKnee
                    return SaturatingRate.bend(knee - slice.logBatch, sharpness)
                }.map { Solution(base: $0.base, slope: $0.slope, logKnee: logKnee, objective: $1) }
            }
        case .powerLaw:
            linear(weights) { $0.logBatch }.map {
                Solution(base: $0.base, slope: $0.slope, logKnee: 0, objective: $1)
            }
        case .fixedPower(let power):
            linear(weights, fixedSlope: power) { $0.logBatch }.map {
                Solution(base: $0.base, slope: power, logKnee: 0, objective: $1)
            }
        }
    }

    static func logRate(
        _ form: RateForm,
        _ solution: Solution,
        batch: [Double],
        _ slice: RateSlice
    ) -> Double {
        let base = at(solution.base, slice)
        switch form {
        case .saturating(let sharpness):
            let knee = at(batch, slice) + solution.logKnee
            return base + solution.slope * SaturatingRate.bend(knee - slice.logBatch, sharpness)
        case .powerLaw, .fixedPower:
            return base + solution.slope * slice.logBatch
        }
    }

    private static func at(_ law: [Double], _ slice: RateSlice) -> Double {
        law[0] + law[1] * slice.n + law[2] * slice.d
    }

    // MARK: one dimension

    /// Least objective over the knee: a coarse scan, then golden section about its best point.
    private func search(_ value: (Double) -> Solution?) -> Solution? {
        let range = Self.kneeRange
        let step = (range.upperBound - range.lowerBound) / Double(Self.kneeSteps)
        var best: Solution?
        for index in 0...Self.kneeSteps {
            let tried = value(range.lowerBound + step * Double(index))
            if let tried, tried.objective < best?.objective ?? .infinity { best = tried }
        }
        guard let start = best?.logKnee else { return nil }
        var low = max(start - step, range.lowerBound)
        var high = min(start + step, range.upperBound)
        for _ in 0..<14 {
            let left = value(high - 0.618 * (high - low))
            let right = value(low + 0.618 * (high - low))
            guard let left, let right else { return best }
            if left.objective < right.objective {
                high = right.logKnee
            } else {
                low = left.logKnee
            }
            for tried in [left, right] where tried.objective < best?.objective ?? .infinity {
                best = tried
            }
        }
        return best
    }

    // MARK: four dimensions

    /// Robust least squares of ln LR on (1, n, d, feature); every slice counts as its cell does.
    private func linear(
        _ weights: [Double],
        fixedSlope: Double? = nil,
        feature: (RateSlice) -> Double
    ) -> (linear: (base: [Double], slope: Double), objective: Double)? {
        let features = slices.map(feature)
        let size = fixedSlope == nil ? 4 : 3
        var robust = [Double](repeating: 1, count: slices.count)
        var solution = [Double](repeating: 0, count: 4)
        var objective = Double.infinity
        for _ in 0..<3 {
            var system = SmallSystem(size: size)
            for (index, slice) in slices.enumerated() where weights[slice.cell] > 0 {
                let row = [1, slice.n, slice.d, features[index]]
                let weight = weights[slice.cell] * robust[index]
                let target = slice.logRate - (fixedSlope ?? 0) * features[index]
                for i in 0..<size {
                    system.vector[i] += weight * row[i] * target
                    for j in 0...i { system.matrix[i * size + j] += weight * row[i] * row[j] }
                }
            }
            for i in 0..<size { system.matrix[i * size + i] *= 1 + 1e-12 }
            guard system.solve() else { return nil }
            solution = system.vector + (fixedSlope.map { [$0] } ?? [])
            objective = reweigh(&robust, solution, features, weights)
        }
        return ((Array(solution[0..<3]), solution[3]), objective)
    }

    /// Huber weights about the solution; the sum of Huber losses.
    private func reweigh(
        _ robust: inout [Double],
        _ solution: [Double],
        _ features: [Double],
        _ weights: [Double]
    ) -> Double {
        var sum = 0.0
        for (index, slice) in slices.enumerated() {
            let predicted =
                solution[0] + solution[1] * slice.n + solution[2] * slice.d
                + solution[3] * features[index]
            let size = abs(slice.logRate - predicted)
            let limit = Self.robustness * Self.usualError
            robust[index] = size > limit ? limit / size : 1
            let loss = size > limit ? limit * (size - limit / 2) : size * size / 2
            sum += weights[slice.cell] * loss
        }
        return sum
    }

    /// ln units: a sweep of rates by √2 places its vertex to about this.
    private static let usualError = 0.17
}
