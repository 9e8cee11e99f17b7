import Foundation

/// Rectified curves of several base models with one exponent, by a search over exponent and bend:
/// amplitude and floor of each follow by least squares, so a few sizes a model suffice.
struct RectifiedFamily {
    /// ln D less the pivot, and loss.
    typealias Points = [(x: Double, y: Double)]

    struct Solution {
        var beta: Double
        var curves: [RectifiedCurve]
        /// Half the sum of squared relative errors.
        var objective: Double
    }

    static let exponents = (1...30).map { 0.04 * Double($0) }

    /// nil when a model has fewer than three points.
    static func fit(_ models: [Points]) -> Solution? {
        guard !models.isEmpty, models.allSatisfy({ $0.count >= 3 }) else { return nil }
        guard let rough = best(models, exponents) else { return nil }
        let near = (-3...3).map { rough.beta + 0.01 * Double($0) }.filter { $0 > 0 }
        return best(models, near) ?? rough
    }

    private static func best(_ models: [Points], _ exponents: [Double]) -> Solution? {
        var best: Solution?
        for beta in exponents {
            let curves = models.map { curve($0, beta) }
            let sum = curves.reduce(0) { $0 + $1.error }
            if sum < best?.objective ?? .infinity {
                best = Solution(beta: beta, curves: curves.map(\.curve), objective: sum)
            }
        }
        return best
    }

    private typealias Candidate = (curve: RectifiedCurve, error: Double)

    /// Bends from far below the data, a plain power law, to their upper end; then ever finer about
    /// the best. Of bends that fit alike the smaller one is taken: what the data do not show is not
    /// assumed.
    private static func curve(_ points: Points, _ beta: Double) -> Candidate {
        let low = points.map(\.x).min() ?? 0
        let high = points.map(\.x).max() ?? 0
        var step = (high - low + 6) / 24
        var bend = low - 6
        var found = candidate(points, beta, bend)
        for place in 1...24 {
            let next = candidate(points, beta, low - 6 + step * Double(place))
            guard next.error < found.error * (1 - 1e-3) - 1e-14 else { continue }
            found = next
            bend = low - 6 + step * Double(place)
        }
        for _ in 0..<6 {
            step /= 2
            for trial in [bend - step, bend + step] {
                let next = candidate(points, beta, trial)
                guard next.error < found.error else { continue }
                found = next
                bend = trial
                break
            }
        }
        return found
    }

    private static func candidate(_ points: Points, _ beta: Double, _ bend: Double) -> Candidate {
        let learned = exp(beta * bend)
        let (amplitude, floor) = amplitudes(points, beta, learned)
        let error = points.reduce(0) { sum, point in
            let value = amplitude / (learned + exp(beta * point.x)) + floor
            return sum + (value / point.y - 1) * (value / point.y - 1) / 2
        }
        let curve = RectifiedCurve(
            amplitude: amplitude,
            learned: learned,
            beta: beta,
            floor: floor
        )
        return (curve, error)
    }

    /// Least relative squares with both at least 0.
    private static func amplitudes(
        _ points: Points,
        _ beta: Double,
        _ learned: Double
    ) -> (amplitude: Double, floor: Double) {
        var (aa, ab, bb, a1, b1) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let a = 1 / (learned + exp(beta * point.x)) / point.y
            let b = 1 / point.y
            aa += a * a
            ab += a * b
            bb += b * b
            a1 += a
            b1 += b
        }
        let determinant = aa * bb - ab * ab
        if determinant > 1e-12 * aa * bb {
            let amplitude = (a1 * bb - b1 * ab) / determinant
            let floor = (aa * b1 - ab * a1) / determinant
            if amplitude >= 0, floor >= 0 { return (amplitude, floor) }
            if amplitude < 0 { return (0, b1 / bb) }
        }
        return (a1 / aa, 0)
    }
}
