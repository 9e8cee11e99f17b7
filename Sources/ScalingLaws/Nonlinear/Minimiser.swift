import Foundation

/// Least value of a smooth function of a few variables by BFGS with a dense inverse Hessian and a
/// weak Wolfe line search by bisection (Lewis and Overton, "Nonsmooth optimization via quasi-Newton
/// methods", 2013), which also copes with the corners of robust losses.
package struct Minimiser: Sendable {
    package struct Minimum: Sendable {
        package var point: [Double]
        package var value: Double
        /// The gradient's own estimate of what is left to gain is below `tolerance` of the value.
        package var isConverged: Bool
        package var evaluations: Int
    }

    package var evaluationLimit: Int
    /// Share of the value that a further step may still gain at a minimum.
    package var tolerance: Double
    /// Values below it count as it: sums of squares this small are residuals of rounding.
    static let negligible = 1e-14

    package init(evaluationLimit: Int = 600, tolerance: Double = 1e-11) {
        self.evaluationLimit = evaluationLimit
        self.tolerance = tolerance
    }

    /// - Parameters:
    ///   - inverseHessian: row-major first guess; nil is the identity scaled by the first step.
    ///   - evaluate: value at a point, its gradient written into the second argument.
    package func minimise(
        from start: [Double],
        inverseHessian: [Double]? = nil,
        evaluate: ([Double], inout [Double]) -> Double
    ) -> Minimum {
        let size = start.count
        var state = State(start, inverseHessian)
        state.value = evaluate(state.point, &state.gradient)
        var evaluations = 1
        guard state.value.isFinite, state.gradient.allSatisfy(\.isFinite) else {
            return Minimum(
                point: start,
                value: .infinity,
                isConverged: false,
                evaluations: evaluations
            )
        }
        var calmSteps = 0
        while evaluations < evaluationLimit {
            var direction = state.direction()
            var slope = Self.dot(direction, state.gradient)
            if !(slope < 0) {
                state.reset()
                direction = state.direction()
                slope = Self.dot(direction, state.gradient)
            }
            let isFlat = -slope <= tolerance * max(abs(state.value), Self.negligible)
            calmSteps = isFlat ? calmSteps + 1 : 0
            // A poor Hessian can make one step look worthless; two in a row are a minimum.
            if calmSteps > 1 || !(slope < 0) {
                return state.minimum(isConverged: true, evaluations)
            }
            let next = search(state, direction, slope, &evaluations, evaluate)
            guard let next else {
                if state.isFresh { return state.minimum(isConverged: isFlat, evaluations) }
                state.reset()
                continue
            }
            state.move(to: next, size)
        }
        return state.minimum(isConverged: false, evaluations)
    }

    struct Step {
        var point: [Double]
        var gradient: [Double]
        var value: Double
    }

    /// A point with enough descent, and a slope enough flatter; nil when there is none to be found.
    private func search(
        _ state: State,
        _ direction: [Double],
        _ slope: Double,
        _ evaluations: inout Int,
        _ evaluate: ([Double], inout [Double]) -> Double
    ) -> Step? {
        var step = Step(point: state.point, gradient: state.gradient, value: state.value)
        var (low, high) = (0.0, Double.infinity)
        var length = state.isFresh && !state.isGuided ? min(1, 1 / Self.norm(direction)) : 1
        var best: Step?
        for _ in 0..<40 {
            for index in direction.indices {
                step.point[index] = state.point[index] + length * direction[index]
            }
            step.value = evaluate(step.point, &step.gradient)
            evaluations += 1
            let isUsable = step.value.isFinite && step.gradient.allSatisfy(\.isFinite)
            if !isUsable || step.value > state.value + 1e-4 * length * slope {
                high = length
            } else {
                if step.value < best?.value ?? state.value { best = step }
                guard Self.dot(direction, step.gradient) < 0.9 * slope else { return step }
                low = length
            }
            length = high.isFinite ? (low + high) / 2 : 2 * length
        }
        return best
    }

    static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    static func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }
}

/// Where the search stands, and what it knows of the curvature.
private struct State {
    var point: [Double]
    var gradient: [Double]
    var value = Double.infinity
    /// Row-major.
    var inverse: [Double]
    /// No curvature has been learnt since the start or the last reset.
    var isFresh = true
    /// The first inverse Hessian came from outside.
    var isGuided: Bool

    init(_ start: [Double], _ inverseHessian: [Double]?) {
        point = start
        gradient = [Double](repeating: 0, count: start.count)
        isGuided = inverseHessian != nil
        inverse = inverseHessian ?? Self.identity(start.count)
    }

    static func identity(_ size: Int) -> [Double] {
        var matrix = [Double](repeating: 0, count: size * size)
        for index in 0..<size { matrix[index * size + index] = 1 }
        return matrix
    }

    mutating func reset() {
        inverse = Self.identity(point.count)
        isFresh = true
        isGuided = false
    }

    func direction() -> [Double] {
        let size = point.count
        return (0..<size).map { row in
            var sum = 0.0
            for column in 0..<size { sum -= inverse[row * size + column] * gradient[column] }
            return sum
        }
    }

    /// Takes the step and updates the inverse Hessian where the curvature along it is positive.
    mutating func move(to next: Minimiser.Step, _ size: Int) {
        var s = [Double](repeating: 0, count: size)
        var y = s
        for index in 0..<size {
            s[index] = next.point[index] - point[index]
            y[index] = next.gradient[index] - gradient[index]
        }
        (point, gradient, value) = (next.point, next.gradient, next.value)
        let curvature = Minimiser.dot(s, y)
        guard curvature > 1e-14 * Minimiser.norm(s) * Minimiser.norm(y) else { return }
        if isFresh && !isGuided {
            let scale = curvature / Minimiser.dot(y, y)
            for index in 0..<size { inverse[index * size + index] = scale }
        }
        isFresh = false
        var hy = [Double](repeating: 0, count: size)
        for row in 0..<size {
            for column in 0..<size { hy[row] += inverse[row * size + column] * y[column] }
        }
        let factor = (1 + Minimiser.dot(y, hy) / curvature) / curvature
        for row in 0..<size {
            for column in 0..<size {
                inverse[row * size + column] +=
                    factor * s[row] * s[column]
                    - (hy[row] * s[column] + s[row] * hy[column]) / curvature
            }
        }
    }

    func minimum(isConverged: Bool, _ evaluations: Int) -> Minimiser.Minimum {
        Minimiser.Minimum(
            point: point,
            value: value,
            isConverged: isConverged,
            evaluations: evaluations
        )
    }
}
