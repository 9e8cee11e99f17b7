import Foundation

/// Primal-dual interior point method with exact Newton steps (Wächter and Biegler, "On the
/// implementation of an interior-point filter line-search algorithm", 2006, with a merit function
/// in place of the filter). Curvature comes from differences of gradients. Global for convex
/// programs, a local minimum for others.
struct InteriorPoint {
    struct Solution: Sendable {
        var x: [Double]
        /// Prices of the rows and limits, and of the bounds: unit of the objective per unit of the
        /// limit.
        var rowPrices: [Double]
        var limitPrices: [Double]
        var equalityPrices: [Double]
        var lowerPrices: [Double]
        var upperPrices: [Double]
        /// Largest error of the optimality conditions, relative to the spread of the gradient.
        var residual: Double
        /// Largest overstepping of any constraint.
        var infeasibility: Double
        var iterations: Int
    }

    var program: ConvexProgram
    var tolerance = 1e-9
    var iterationLimit = 120
    /// First weight of the barrier; smaller for starts that are nearly optimal.
    var barrier = 0.1
    static let leastBarrier = 1e-11

    init(_ program: ConvexProgram, barrier: Double = 0.1) {
        self.program = program
        self.barrier = barrier
    }

    func solve(from start: [Double]) -> Solution? {
        guard var point = InteriorState(program, start, barrier) else { return nil }
        var iterations = 0
        var stalls = 0
        while iterations < iterationLimit {
            iterations += 1
            point.measure(program)
            if point.error(barrier: 0, program) <= tolerance { break }
            while point.barrier > Self.leastBarrier,
                point.error(barrier: point.barrier, program) <= 10 * point.barrier
            {
                // The merit of the next problem starts afresh, or one wild step would slow all.
                point.penalty = 1
                point.barrier = max(
                    Self.leastBarrier,
                    min(0.2 * point.barrier, pow(point.barrier, 1.5))
                )
            }
            guard let step = point.newtonStep(program) else { break }
            stalls = point.take(step, program) ? 0 : stalls + 1
            if stalls > 4 { break }
        }
        return point.solution(program, iterations)
    }
}

extension InteriorState {
    /// Variables at their bounds are put on them exactly, and what that moves goes to the freest.
    func solution(_ program: ConvexProgram, _ iterations: Int) -> InteriorPoint.Solution {
        var end = self
        end.snap(program)
        end.measure(program)
        // Without the bounds' own multipliers: what is left at a bound is its price.
        var (lowerPrices, upperPrices) = (low, high)
        var residual = 0.0
        var slope = end.gradient
        for (index, line) in program.equalities.enumerated() {
            line.add(-equality[index], to: &slope)
        }
        end.addRows(program, row, to: &slope)
        for index in x.indices {
            let atLow = end.x[index] <= program.lower[index]
            let atHigh = end.x[index] >= program.upper[index]
            lowerPrices[index] = atLow ? max(0, slope[index]) / scale : 0
            upperPrices[index] = atHigh ? max(0, -slope[index]) / scale : 0
            let isOptimal = (atLow && slope[index] > 0) || (atHigh && slope[index] < 0)
            if !isOptimal { residual = max(residual, abs(slope[index])) }
        }
        let room = end.room(program, end.x)
        for index in row.indices { residual = max(residual, row[index] * max(room[index], 0)) }
        let gaps = end.equalityGap.map { abs($0) } + room.map { max(-$0, 0) }
        let rowCount = program.inequalities.count
        return InteriorPoint.Solution(
            x: end.x,
            rowPrices: row[..<rowCount].map { $0 / scale },
            limitPrices: program.limits.indices.map { index in
                row[rowCount + index] * limitScales[index] / scale
            },
            equalityPrices: equality.map { $0 / scale },
            lowerPrices: lowerPrices,
            upperPrices: upperPrices,
            residual: residual.isFinite ? residual : .infinity,
            infeasibility: gaps.max() ?? 0,
            iterations: iterations
        )
    }

    private mutating func snap(_ program: ConvexProgram) {
        for index in x.indices where !isFixed[index] {
            let (below, above) = (x[index] - program.lower[index], program.upper[index] - x[index])
            if below < 1e-6, low[index] > 1e2 * below {
                x[index] = program.lower[index]
            } else if above < 1e-6, high[index] > 1e2 * above {
                x[index] = program.upper[index]
            }
        }
        guard let sum = program.equalities.first else { return }
        let gap = sum.limit - sum.dot(x)
        let freest = sum.indices.indices.max { a, b in
            spread(sum.indices[a], program) < spread(sum.indices[b], program)
        }
        guard let freest, sum.coefficients[freest] > 0 else { return }
        let index = sum.indices[freest]
        let moved = x[index] + gap / sum.coefficients[freest]
        x[index] = min(max(moved, program.lower[index]), program.upper[index])
    }

    /// Room to the nearer bound.
    private func spread(_ index: Int, _ program: ConvexProgram) -> Double {
        min(x[index] - program.lower[index], program.upper[index] - x[index])
    }
}
