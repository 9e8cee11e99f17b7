import Foundation
import LinearAlgebra

/// Bowls of ln loss over ln learning rate, one for each width, of one shape: level and optimum are
/// each width's own, curvature and skew are shared. Weighted least squares by damped Gauss-Newton.
struct RateBowls {
    /// ln LR, ln loss and weight of each run.
    typealias Sweep = [(x: Double, y: Double, weight: Double)]

    var levels: [Double]
    var optima: [Double]
    var curvature: Double
    var skew: Double

    /// Loss this share above the least of its width weighs 1/e.
    static let band = 0.01
    /// Skew that nothing in the data asks for costs as much as a residual of 5e-4 at this value.
    private static let skewScale = 0.01

    /// Starts at the best run of each sweep.
    init(_ sweeps: [Sweep]) {
        let best = sweeps.map { sweep in sweep.min { $0.y < $1.y } ?? (0, 0, 0) }
        levels = best.map(\.y)
        optima = best.map(\.x)
        curvature = 0.01
        skew = 0
        fit(sweeps, steps: 60)
    }

    mutating func fit(_ sweeps: [Sweep], steps: Int) {
        var damping = 1e-4
        var error = objective(sweeps)
        for _ in 0..<steps {
            guard let step = step(sweeps, damping) else {
                damping *= 10
                if damping > 1e6 { return }
                continue
            }
            var next = self
            next.move(step)
            let value = next.objective(sweeps)
            if value.isFinite, value <= error, next.curvature > 0 {
                let gain = error - value
                self = next
                error = value
                damping = max(damping / 5, 1e-9)
                if gain <= 1e-12 * error { return }
            } else {
                damping *= 10
                if damping > 1e6 { return }
            }
        }
    }

    func value(_ width: Int, _ x: Double) -> Double {
        let u = x - optima[width]
        return levels[width] + curvature * u * u + skew * u * u * u
    }

    func objective(_ sweeps: [Sweep]) -> Double {
        var sum = 0.0
        for (width, sweep) in sweeps.enumerated() {
            for run in sweep {
                let residual = run.y - value(width, run.x)
                sum += run.weight * residual * residual / 2
            }
        }
        let pull = 5e-4 * skew / Self.skewScale
        return sum + pull * pull / 2
    }

    private mutating func move(_ step: [Double]) {
        let count = levels.count
        for width in 0..<count {
            levels[width] += step[width]
            // Half an octave at a time: a bowl says nothing of what is far away.
            optima[width] += min(max(step[count + width], -0.35), 0.35)
        }
        curvature += step[2 * count]
        skew += step[2 * count + 1]
    }

    private func step(_ sweeps: [Sweep], _ damping: Double) -> [Double]? {
        let count = levels.count
        let size = 2 * count + 2
        var system = SmallSystem(size: size)
        func add(_ row: [(Int, Double)], _ residual: Double, _ weight: Double) {
            for (i, a) in row {
                system.vector[i] += weight * a * residual
                for (j, b) in row { system.matrix[i * size + j] += weight * a * b }
            }
        }
        for (width, sweep) in sweeps.enumerated() {
            for run in sweep {
                let u = run.x - optima[width]
                let row = [
                    (width, 1.0), (count + width, -2 * curvature * u - 3 * skew * u * u),
                    (2 * count, u * u), (2 * count + 1, u * u * u),
                ]
                add(row, run.y - value(width, run.x), run.weight)
            }
        }
        let pull = 5e-4 / Self.skewScale
        add([(2 * count + 1, pull)], -pull * skew, 1)
        for index in 0..<size {
            let diagonal = system.matrix[index * size + index]
            system.matrix[index * size + index] = diagonal * (1 + damping) + 1e-300
        }
        return system.solve() ? system.vector : nil
    }
}
