import Foundation
import LinearAlgebra

/// Damped Gauss–Newton on the optimum and curvature of every cell and on the terms all cells share.
///
/// The own parameters of the cells are eliminated first, so that one small dense system is solved
/// per step whatever the number of cells.
struct IntervalSolver: Sendable {
    private(set) var problem: IntervalProblem
    private(set) var state: IntervalState
    private(set) var prior: IntervalPrior
    /// Noise of ln loss that sets how much the priors weigh.
    private(set) var noise = 6e-4
    private var damping = 1e-3

    static let stepLimit = 30
    /// Steps after which the weights follow the fitted surface.
    static let reweightSteps: Set<Int> = [3, 6, 9]
    private static let largestMove = 0.4
    private static let largestCurvatureChange = 0.7

    init(_ table: CellTable) {
        problem = IntervalProblem(table)
        state = IntervalState(table, problem)
        prior = IntervalPrior(problem, start: state)
    }

    var scale: Double { 1 / (noise * noise) }

    /// False when no step could be taken at all.
    mutating func solve() -> Bool {
        var best = cost(state)
        guard best.isFinite else { return false }
        for step in 0..<Self.stepLimit {
            guard let next = improved(on: best) else { return step > 0 }
            let gain = best - next.cost
            state = next.state
            prior.follow(state)
            if Self.reweightSteps.contains(step) {
                problem.reweight(state)
                noise = max((1.3 * residualVariance()).squareRoot(), 1e-6)
            } else if gain < 1e-3, step > 10 {
                break
            }
            best = cost(state)
        }
        return true
    }

    func blocks(power: Int = 1) -> [IntervalBlock] {
        zip(problem.cells, state.cells).map { cell, parameters in
            IntervalBlock(
                cell,
                parameters,
                terms: state.terms(of: cell),
                scale: scale,
                power: power
            )
        }
    }

    // MARK: steps

    private func cost(_ state: IntervalState) -> Double {
        zip(problem.cells, state.cells).reduce(prior.cost(state)) { sum, pair in
            let terms = state.terms(of: pair.0)
            return sum + IntervalBlock.cost(pair.0, pair.1, terms: terms, scale: scale)
        }
    }

    private func residualVariance() -> Double {
        let blocks = blocks()
        let cost = blocks.reduce(0) { $0 + $1.cost }
        let weight = blocks.reduce(0) { $0 + $1.weight }
        return weight > 0 ? cost / weight : noise * noise
    }

    /// The first damped step that lowers the cost; nil when none does.
    private mutating func improved(on best: Double) -> (state: IntervalState, cost: Double)? {
        var blocks = blocks()
        for index in blocks.indices { prior.add(to: &blocks[index], state, index) }
        while damping < 1e6 {
            if let trial = step(blocks) {
                let value = cost(trial)
                if value < best {
                    damping = max(damping * 0.3, 1e-7)
                    return (trial, value)
                }
            }
            damping *= 5
        }
        return nil
    }

    private func step(_ blocks: [IntervalBlock]) -> IntervalState? {
        var inverses: [[Double]] = []
        for block in blocks {
            guard let inverse = block.ownInverse(damping: damping) else { return nil }
            inverses.append(inverse)
        }
        var reduced = IntervalReduced(prior: prior.shared, values: state.shared)
        for (index, block) in blocks.enumerated() {
            reduced.add(block, inverse: inverses[index], inputs: problem.cells[index].inputs)
        }
        guard let move = reduced.solve(damping: damping) else { return nil }
        var next = state
        for index in next.shared.indices { next.shared[index] += move[index] }
        for (index, block) in blocks.enumerated() {
            let terms = spread(move, problem.cells[index].inputs)
            Self.move(&next.cells[index], block.ownMove(inverses[index], terms: terms))
        }
        return next
    }

    private func spread(_ shared: [Double], _ inputs: [Double]) -> [Double] {
        var terms = [Double](repeating: 0, count: IntervalTerm.count)
        for (input, value) in inputs.enumerated() {
            for term in terms.indices {
                terms[term] += value * shared[input * IntervalTerm.count + term]
            }
        }
        return terms
    }

    private static func move(_ cell: inout IntervalCell, _ move: [Double]) {
        func clip(_ value: Double, _ limit: Double) -> Double { min(max(value, -limit), limit) }
        let change = largestCurvatureChange
        cell.level += move[0]
        cell.x += clip(move[1], largestMove)
        cell.y += clip(move[2], largestMove)
        cell.tilt += move[5]
        cell.rateCurvature *= exp(clip(move[3] / cell.rateCurvature, change))
        cell.batchCurvature *= exp(clip(move[4] / cell.batchCurvature, change))
    }
}

extension IntervalBlock {
    /// Step of the own parameters once the step of the terms is known.
    func ownMove(_ inverse: [Double], terms: [Double]) -> [Double] {
        let (ownCount, termCount) = (IntervalCell.count, IntervalTerm.count)
        var right = ownGradient
        for i in 0..<ownCount {
            for j in 0..<termCount { right[i] -= mixed[i * termCount + j] * terms[j] }
        }
        return (0..<ownCount).map { i in
            (0..<ownCount).reduce(0) { $0 + inverse[i * ownCount + $1] * right[$1] }
        }
    }
}
