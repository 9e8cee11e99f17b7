import Foundation

/// What is believed before the runs are seen, in squared standard deviations: weak, and needed only
/// where a cell has fewer runs than parameters.
struct IntervalPrior: Sendable {
    /// 1 / variance of every shared coefficient.
    let shared: [Double]
    /// Mean over cells of ln curvature; cells are held to it.
    private var rateLog = 0.0
    private var batchLog = 0.0
    /// Where each cell's optimum is looked for.
    private let centers: [(x: Double, y: Double)]

    /// Standard deviation of ln curvature between cells.
    static let curvatureLooseness = 0.7
    /// ln units: wide enough to leave a cell with runs around its optimum alone.
    static let positionLooseness = 1.5
    /// How much of a term may change over one standard deviation of ln N or ln D.
    static let changeShare = 0.3

    init(_ problem: IntervalProblem, start: IntervalState) {
        shared = (0..<problem.inputCount).flatMap { input in
            IntervalTerm.allCases.map { term in
                let looseness = term.looseness * (input == 0 ? 1 : Self.changeShare)
                return 1 / (looseness * looseness)
            }
        }
        centers = start.cells.map { ($0.x, $0.y) }
        follow(start)
    }

    mutating func follow(_ state: IntervalState) {
        let count = Double(max(state.cells.count, 1))
        rateLog = state.cells.reduce(0) { $0 + log($1.rateCurvature) } / count
        batchLog = state.cells.reduce(0) { $0 + log($1.batchCurvature) } / count
    }

    func cost(_ state: IntervalState) -> Double {
        var cost = zip(shared, state.shared).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
        for index in state.cells.indices {
            for (residual, _, precision) in pulls(state, index) {
                cost += precision * residual * residual
            }
        }
        return cost
    }

    /// Adds the cell's priors to its normal equations.
    func add(to block: inout IntervalBlock, _ state: IntervalState, _ index: Int) {
        for (residual, parameter, precision) in pulls(state, index) {
            block.own[parameter * IntervalCell.count + parameter] += precision
            block.ownGradient[parameter] += precision * residual
        }
    }

    /// (prior − present value, parameter, precision), linearised in the parameter.
    private func pulls(
        _ state: IntervalState,
        _ index: Int
    ) -> [(residual: Double, parameter: Int, precision: Double)] {
        let cell = state.cells[index]
        let position = 1 / (Self.positionLooseness * Self.positionLooseness)
        func curvature(_ value: Double, _ mean: Double) -> (residual: Double, precision: Double) {
            let deviation = Self.curvatureLooseness * value
            return ((mean - log(value)) * value, 1 / (deviation * deviation))
        }
        let rate = curvature(cell.rateCurvature, rateLog)
        let batch = curvature(cell.batchCurvature, batchLog)
        return [
            (centers[index].x - cell.x, 1, position),
            (centers[index].y - cell.y, 2, position),
            (rate.residual, 3, rate.precision),
            (batch.residual, 4, batch.precision),
            (-cell.tilt, 5, 1 / (cell.rateCurvature * cell.batchCurvature)),
        ]
    }
}
