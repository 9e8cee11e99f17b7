import Foundation
import LinearAlgebra

/// y = c0 + c1·x + c2·x² by least squares, and its minimum.
struct Parabola {
    var vertex: Double
    var value: Double
    /// Second derivative.
    var curvature: Double

    /// nil unless the points determine a parabola that opens upwards.
    init?(_ points: [(x: Double, y: Double)]) {
        guard points.count >= 3 else { return nil }
        let mean = points.reduce(0) { $0 + $1.x } / Double(points.count)
        var system = SmallSystem(size: 3)
        for point in points {
            let x = point.x - mean
            let row = [1, x, x * x]
            for r in 0..<3 {
                for c in 0..<3 { system.matrix[r * 3 + c] += row[r] * row[c] }
                system.vector[r] += row[r] * point.y
            }
        }
        guard system.solve(), system.vector.allSatisfy(\.isFinite) else { return nil }
        let (c0, c1, c2) = (system.vector[0], system.vector[1], system.vector[2])
        guard c2 > 1e-9 else { return nil }
        let x = -c1 / (2 * c2)
        vertex = mean + x
        value = c0 + c1 * x + c2 * x * x
        curvature = 2 * c2
    }
}

extension IsoFLOPFit.Frontier {
    /// Through optima (ln C, ln N*, L*); nil with fewer than two budgets.
    ///
    /// The loss has a floor from four budgets on; with fewer its exponent alone is fitted.
    init?(_ optima: [(compute: Double, size: Double, loss: Double)], pivot: Double) {
        let count = Double(optima.count)
        let xs = optima.map { $0.compute - pivot }
        let mean = xs.reduce(0, +) / max(count, 1)
        let spread = xs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard optima.count >= 2, spread > 1e-6 else { return nil }
        func line(_ ys: [Double]) -> (level: Double, slope: Double) {
            let middle = ys.reduce(0, +) / count
            let slope = zip(xs, ys).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - middle) } / spread
            return (middle - slope * mean, slope)
        }
        let sizes = line(optima.map(\.size))
        let plain = line(optima.map { log($0.loss) })
        self.init(
            pivot: pivot,
            level: sizes.level,
            exponent: sizes.slope,
            floor: 0,
            rise: exp(plain.level),
            decay: -plain.slope
        )
        if optima.count >= 4 { addFloor(xs, optima.map(\.loss)) }
    }

    /// Least squares of the loss over (floor, rise) for each decay, and the best decay.
    private mutating func addFloor(_ xs: [Double], _ losses: [Double]) {
        func fitted(_ decay: Double) -> (floor: Double, rise: Double, error: Double) {
            let terms = xs.map { exp(-decay * $0) }
            let count = Double(xs.count)
            let meanTerm = terms.reduce(0, +) / count
            let meanLoss = losses.reduce(0, +) / count
            let spread = terms.reduce(0) { $0 + ($1 - meanTerm) * ($1 - meanTerm) }
            let shared = zip(terms, losses).reduce(0) {
                $0 + ($1.0 - meanTerm) * ($1.1 - meanLoss)
            }
            let rise = spread > 0 ? shared / spread : 0
            let floor = meanLoss - rise * meanTerm
            guard rise > 0, floor >= 0 else { return (0, 0, .infinity) }
            let error = zip(terms, losses).reduce(0) { sum, pair in
                let residual = floor + rise * pair.0 - pair.1
                return sum + residual * residual
            }
            return (floor, rise, error)
        }
        let range = log(0.01)...log(1.5)
        guard let best = LossPlane.minimise(over: range, { fitted(exp($0)).error }) else { return }
        let found = fitted(exp(best))
        guard found.error.isFinite else { return }
        (floor, rise, decay) = (found.floor, found.rise, exp(best))
    }
}
