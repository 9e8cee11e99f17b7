import Foundation
import LinearAlgebra

/// Minimises the objective of `JointProblem`: Levenberg and Marquardt steps on reweighted least
/// squares, with the levels of the cells eliminated, and a few rounds in which the scale of each
/// residual is set anew from the bowl just found.
struct JointSolver {
    struct Solution: Sendable {
        var parameters: [Double]
        var levels: [Double]
        /// Factor τ on the scale of the residuals.
        var noise: Double
        var objective: Double
        var isConverged: Bool
        var law: OptimumLaw {
            OptimumLaw(
                learningRate: Array(parameters[0..<3]),
                batch: Array(parameters[3..<6])
            )
        }
    }

    let problem: JointProblem
    let form: StepLawFit.BatchForm
    /// How often each cell counts; ones outside a resampling.
    var weights: [Double]
    private var precision: [Double]
    private var robust: [Double]
    private var residual: [Double]
    private var levels: [Double]
    private var system = SmallSystem(size: JointProblem.parameterCount)

    init(_ problem: JointProblem, form: StepLawFit.BatchForm, weights: [Double]? = nil) {
        self.problem = problem
        self.form = form
        self.weights = weights ?? [Double](repeating: 1, count: problem.cellCount)
        let count = problem.x.count
        precision = [Double](repeating: 0, count: count)
        robust = [Double](repeating: 1, count: count)
        residual = [Double](repeating: 0, count: count)
        levels = [Double](repeating: 0, count: problem.cellCount)
    }

    /// Starts from `parameters`; with `noise` the residuals are scaled by the bowl of the start, as
    /// befits a start that is a solution of nearly the same problem, else by the observed excess.
    mutating func solve(
        from start: [Double],
        noise: Double? = nil,
        rounds: Int = 6,
        iterations: Int = 25
    ) -> Solution {
        var p = start
        if form == .tokens { p[4] = 0 }
        var tau = noise ?? 1
        if noise == nil { scale(by: problem.observedExcess, tau) } else { scaleByBowl(p, tau) }
        var objective = evaluate(p)
        var isConverged = false
        for _ in 0..<rounds {
            let before = p
            objective = descend(&p, from: objective, iterations: iterations)
            if noise == nil { tau = estimateNoise() * tau }
            tau = min(max(tau, 0.05), 100)
            scaleByBowl(p, tau)
            objective = evaluate(p)
            let change = zip(p, before).reduce(0) { max($0, abs($1.0 - $1.1)) }
            if change < 1e-4 {
                isConverged = true
                break
            }
        }
        return Solution(
            parameters: p,
            levels: levels,
            noise: tau,
            objective: objective,
            isConverged: isConverged && p.allSatisfy(\.isFinite)
        )
    }

    // MARK: scales

    mutating func scale(by excess: [Double], _ tau: Double) {
        for index in excess.indices {
            let sigma =
                tau * (JointProblem.noiseFloor + JointProblem.misfit * max(excess[index], 0))
            precision[index] = 1 / (sigma * sigma)
        }
    }

    private mutating func scaleByBowl(_ p: [Double], _ tau: Double) {
        let model = JointModel(p)
        for cell in 0..<problem.cellCount {
            let (x0, y0) = optimum(p, cell)
            for i in problem.start[cell]..<problem.start[cell + 1] {
                let q = model.value(problem.x[i] - x0, problem.y[i] - y0)
                let sigma = tau * (JointProblem.noiseFloor + JointProblem.misfit * q)
                precision[i] = 1 / (sigma * sigma)
            }
        }
    }

    /// Robust scale of the standardised residuals, in units of the present one: median |z| /
    /// 0.6745.
    private func estimateNoise() -> Double {
        var sizes: [Double] = []
        sizes.reserveCapacity(residual.count)
        for i in residual.indices {
            sizes.append(abs(residual[i]) * precision[i].squareRoot())
        }
        guard !sizes.isEmpty else { return 1 }
        sizes.sort()
        let freedom = Double(sizes.count - problem.cellCount - 12) / Double(sizes.count)
        return max(sizes[sizes.count / 2] / 0.6745 / max(freedom, 0.2).squareRoot(), 1e-3)
    }

    private func optimum(_ p: [Double], _ cell: Int) -> (Double, Double) {
        let (n, d) = (problem.n[cell], problem.d[cell])
        return (p[0] + p[1] * n + p[2] * d, p[3] + p[4] * n + p[5] * d)
    }

    // MARK: objective

    /// Robust sum of squares plus priors; leaves residuals, robust weights and levels behind.
    mutating func evaluate(_ p: [Double]) -> Double {
        let model = JointModel(p)
        let c2 = JointProblem.robustness * JointProblem.robustness
        var sum = 0.0
        for cell in 0..<problem.cellCount {
            let (x0, y0) = optimum(p, cell)
            let range = problem.start[cell]..<problem.start[cell + 1]
            for i in range {
                residual[i] = problem.l[i] - model.value(problem.x[i] - x0, problem.y[i] - y0)
            }
            var level = mean(range, weighted: false)
            for _ in 0..<3 {
                for i in range {
                    let r = residual[i] - level
                    robust[i] = 1 / (1 + r * r * precision[i] / c2).squareRoot()
                }
                level = mean(range, weighted: true)
            }
            levels[cell] = level
            var part = 0.0
            for i in range {
                residual[i] -= level
                let z = residual[i] * residual[i] * precision[i] / c2
                robust[i] = 1 / (1 + z).squareRoot()
                part += 2 * c2 * ((1 + z).squareRoot() - 1)
            }
            sum += weights[cell] * part
        }
        for (value, prior) in zip(p, JointProblem.prior) where prior.precision > 0 {
            sum += prior.precision * (value - prior.mean) * (value - prior.mean)
        }
        return sum
    }

    private func mean(_ range: Range<Int>, weighted: Bool) -> Double {
        var total = 0.0
        var weight = 0.0
        for i in range {
            let w = weighted ? precision[i] * robust[i] : precision[i]
            total += w * residual[i]
            weight += w
        }
        return weight > 0 ? total / weight : 0
    }

    // MARK: steps

    private mutating func descend(
        _ p: inout [Double],
        from value: Double,
        iterations: Int
    ) -> Double {
        var objective = value
        var damping = 1e-3
        for _ in 0..<iterations {
            let (gradient, hessian) = normalEquations(p)
            var improved = false
            for _ in 0..<8 {
                guard let step = step(gradient, hessian, damping) else {
                    damping *= 10
                    continue
                }
                let candidate = zip(p, step).map(+)
                let trial = evaluate(candidate)
                if trial.isFinite, trial < objective {
                    improved = objective - trial > 1e-7 * (1 + objective)
                    objective = trial
                    p = candidate
                    damping = max(damping * 0.2, 1e-9)
                    break
                }
                damping *= 6
            }
            if !improved { break }
        }
        return evaluate(p)
    }

    private mutating func step(
        _ gradient: [Double],
        _ hessian: [Double],
        _ damping: Double
    ) -> [Double]? {
        system.matrix = hessian
        for k in 0..<JointProblem.parameterCount {
            system.matrix[k * 12 + k] += damping * hessian[k * 12 + k] + 1e-9
        }
        system.vector = gradient
        guard system.solve() else { return nil }
        // A step of the shape or of the optimum beyond this is a sign of too little damping.
        let largest = system.vector.reduce(0) { max($0, abs($1)) }
        let shrink = largest > 1.5 ? 1.5 / largest : 1
        return system.vector.map { $0 * shrink }
    }

    /// Gradient (with the sign of a descent step) and Gauss–Newton matrix at p, levels eliminated:
    /// the derivatives of a cell are taken less their weighted mean.
    private func normalEquations(_ p: [Double]) -> ([Double], [Double]) {
        let size = JointProblem.parameterCount
        var gradient = [Double](repeating: 0, count: size)
        var hessian = [Double](repeating: 0, count: size * size)
        let model = JointModel(p)
        var j = [Double](repeating: 0, count: 8)
        // Local: X, Y and the six of the shape. The six of the laws follow from X and Y.
        var mean = [Double](repeating: 0, count: 8)
        var local = [Double](repeating: 0, count: 64)
        var slope = [Double](repeating: 0, count: 8)
        for cell in 0..<problem.cellCount where weights[cell] > 0 {
            for k in 0..<8 {
                mean[k] = 0
                slope[k] = 0
            }
            for k in 0..<64 { local[k] = 0 }
            var total = 0.0
            let (x0, y0) = optimum(p, cell)
            for i in problem.start[cell]..<problem.start[cell + 1] {
                _ = model.derivatives(problem.x[i] - x0, problem.y[i] - y0, &j)
                let w = precision[i] * robust[i]
                let wr = w * residual[i]
                total += w
                for r in 0..<8 {
                    let wj = w * j[r]
                    mean[r] += wj
                    slope[r] += wr * j[r]
                    for c in 0...r { local[r * 8 + c] += wj * j[c] }
                }
            }
            guard total > 0 else { continue }
            for r in 0..<8 {
                for c in 0...r { local[r * 8 + c] -= mean[r] * mean[c] / total }
            }
            spread(cell, local, slope, &gradient, &hessian)
        }
        addPrior(p, &gradient, &hessian)
        if form == .tokens { freeze(4, &gradient, &hessian) }
        return (gradient, hessian)
    }

    /// Adds a cell's 8 × 8 block to the 12 × 12 system by the chain rule X = x − (1, n, d) · LR*.
    private func spread(
        _ cell: Int,
        _ local: [Double],
        _ slope: [Double],
        _ gradient: inout [Double],
        _ hessian: inout [Double]
    ) {
        let basis = [1, problem.n[cell], problem.d[cell]]
        let weight = weights[cell]
        for r in 0..<12 {
            let (lr, fr) = r < 6 ? (r / 3, -basis[r % 3]) : (r - 4, 1)
            gradient[r] += weight * fr * slope[lr]
            for c in 0...r {
                let (lc, fc) = c < 6 ? (c / 3, -basis[c % 3]) : (c - 4, 1)
                let entry = lr >= lc ? local[lr * 8 + lc] : local[lc * 8 + lr]
                hessian[r * 12 + c] += weight * fr * fc * entry
            }
        }
    }

    private func addPrior(_ p: [Double], _ gradient: inout [Double], _ hessian: inout [Double]) {
        for (k, prior) in JointProblem.prior.enumerated() {
            gradient[k] -= prior.precision * (p[k] - prior.mean)
            hessian[k * 12 + k] += prior.precision
        }
    }

    private func freeze(_ k: Int, _ gradient: inout [Double], _ hessian: inout [Double]) {
        gradient[k] = 0
        for other in 0..<12 {
            hessian[max(k, other) * 12 + min(k, other)] = k == other ? 1 : 0
        }
    }
}
