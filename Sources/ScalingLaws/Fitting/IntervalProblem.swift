import Foundation

/// The runs near each cell's optimum, weighted towards it, and what the terms may depend on.
struct IntervalProblem: Sendable {
    struct Cell: Sendable {
        var x: [Double]
        var y: [Double]
        /// ln loss less the least of the cell.
        var l: [Double]
        var weights: [Double]
        /// 1, then ln N and ln D about the pivot in standard deviations: a term's coefficient is
        /// linear in these.
        var inputs: [Double]
    }

    var cells: [Cell]
    /// Runs above this relative loss take no part; weights fall by e at `decay`.
    let cut: Double
    var decay: Double { 0.35 * cut }
    let inputCount: Int

    /// Number of coefficients that cells share.
    var sharedCount: Int { IntervalTerm.count * inputCount }

    static let cuts = [0.02, 0.05, 0.1]
    /// Runs a cell must have within the cut, on average, before a wider cut is taken.
    static let wantedRunCount = 12.0

    init(_ table: CellTable) {
        let cut =
            Self.cuts.first { cut in
                let near = table.cells.reduce(0) { $0 + $1.nearOptimal(cut).count }
                return Double(near) >= Self.wantedRunCount * Double(table.cells.count)
            } ?? 0.1
        let spreadN = Self.deviation(table.cells.map(\.n))
        let spreadD = Self.deviation(table.cells.map(\.d))
        let decay = 0.35 * cut
        self.cut = cut
        inputCount = 3
        cells = table.cells.map { cell in
            let near = cell.nearOptimal(cut)
            let l = near.map { cell.l[$0] - cell.least }
            return Cell(
                x: near.map { cell.x[$0] },
                y: near.map { cell.y[$0] },
                l: l,
                weights: l.map { exp(-$0 / decay) },
                inputs: [1, cell.n / spreadN, cell.d / spreadD]
            )
        }
    }

    /// Weights from the fitted loss instead of the noisy one, so that lucky runs do not count more.
    mutating func reweight(_ state: IntervalState) {
        var row = IntervalRow()
        for index in cells.indices {
            let terms = state.terms(of: cells[index])
            for run in cells[index].x.indices {
                row.evaluate(
                    state.cells[index],
                    terms: terms,
                    x: cells[index].x[run],
                    y: cells[index].y[run]
                )
                cells[index].weights[run] = exp(-max(row.excess, 0) / decay)
            }
        }
    }

    /// Standard deviation for scaling; 1 when all values are the same.
    private static func deviation(_ values: [Double]) -> Double {
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return variance > 1e-12 ? variance.squareRoot() : 1
    }
}

/// All parameters of the model.
struct IntervalState: Sendable {
    var cells: [IntervalCell]
    /// Coefficient of term t for input i at `i * IntervalTerm.count + t`.
    var shared: [Double]

    /// Starts at the near-optimal runs with the curvature of a plateau of usual width.
    init(_ table: CellTable, _ problem: IntervalProblem) {
        cells = BandLaw.moments(table, tolerance: 0.0025).map { band in
            IntervalCell(
                level: 0,
                x: band.meanX,
                y: band.meanY,
                rateCurvature: 0.008,
                batchCurvature: 0.008,
                tilt: 0
            )
        }
        shared = [Double](repeating: 0, count: problem.sharedCount)
    }

    func terms(of cell: IntervalProblem.Cell) -> [Double] {
        var terms = [Double](repeating: 0, count: IntervalTerm.count)
        for (input, value) in cell.inputs.enumerated() {
            for term in 0..<IntervalTerm.count {
                terms[term] += value * shared[input * IntervalTerm.count + term]
            }
        }
        return terms
    }
}
