import Runs

/// The runs of a fit, grouped into cells and taken to logarithms; the form every estimator reads.
///
/// Invariants: cells ascend by (N, D); runs of a cell ascend by (learning rate, batch, loss, id),
/// so that the order of the request is forgotten; every stored number is finite.
package struct CellTable: Sendable {
    package var cells: [CellData]
    /// Mean over cells of ln N and ln D.
    package var pivotN: Double
    package var pivotD: Double

    package init(cells: [CellData]) {
        var cells = cells
        let count = Double(max(cells.count, 1))
        let pivotN = cells.reduce(0) { $0 + $1.lnN } / count
        let pivotD = cells.reduce(0) { $0 + $1.lnD } / count
        for index in cells.indices {
            cells[index].n = cells[index].lnN - pivotN
            cells[index].d = cells[index].lnD - pivotD
        }
        self.cells = cells
        self.pivotN = pivotN
        self.pivotD = pivotD
    }

    package var runCount: Int { cells.reduce(0) { $0 + $1.count } }
}

/// One (N, D) cell.
package struct CellData: Sendable {
    package var parameterCount: Double
    package var tokenCount: Double
    package var lnN: Double
    package var lnD: Double
    /// ln N and ln D less the pivot of the table.
    package var n = 0.0
    package var d = 0.0
    /// ln learning rate, ln batch tokens and ln loss of the runs that did not diverge.
    package var x: [Double]
    package var y: [Double]
    package var l: [Double]
    /// Least of `l`.
    package var least: Double
    package var observations: [Observation]
    package var diverged: [Observation]

    package var count: Int { x.count }

    /// Runs within (1 + tolerance) × the least loss.
    package func nearOptimal(_ tolerance: Double) -> [Int] {
        let limit = least + ln1p(tolerance)
        return l.indices.filter { l[$0] < limit }
    }
}
