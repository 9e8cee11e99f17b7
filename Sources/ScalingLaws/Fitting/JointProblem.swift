import Foundation
import LinearAlgebra

/// The joint surface: one asymmetric bowl, shared by all cells, about an optimum that is a power
/// law.
///
/// Model: ln loss = level(cell) + a·h(s, u) + b·h(t, Y) with X = ln LR − ln LR*(N, D),
/// Y = ln B − ln B*(N, D), u = X − ridge(Y), h(s, u) = (e^(su) − 1 − su) / s², and the ridge of
/// `Bowl`: the best learning rate rises with slope α below a knee in the batch and is flat above
/// it. Twelve parameters, and a level per cell that is solved for in closed form.
///
/// Cut: runs within 1 % of the least of their cell, or 2, 5, 10 % when fewer than 24 runs a cell
/// remain. Scale: a residual of a run with excess q over the bowl's bottom counts in units of
/// τ·(5e-4 + q/5), τ estimated, because the shared bowl is a good description near the bottom only.
/// Loss of the residuals: 2c²(√(1 + z²/c²) − 1), c = 1.5. Weak normal priors on the shape and on
/// the batch's N exponent, in the same units, keep it finite when runs are few.
struct JointProblem: Sendable {
    static let parameterCount = 12
    static let cuts = [0.01, 0.02, 0.05, 0.1]
    static let wantedRunsPerCell = 24.0
    static let noiseFloor = 5e-4
    static let misfit = 0.2
    static let robustness = 1.5
    static let sharpness = 3.0

    /// Order of the parameters: LR* (3), B* (3), ln a, s, ln b, t, α, ln knee.
    static let prior: [(mean: Double, precision: Double)] = [
        (0, 0), (0, 0), (0, 0), (0, 0), (-0.2, 1), (0, 0),
        (log(0.01), 1), (0.3, 1 / 0.49), (log(0.01), 1), (0, 1 / 0.49), (0.6, 1 / 0.16), (0, 4),
    ]

    let cut: Double
    let cellCount: Int
    /// Runs of cell c are start[c] ..< start[c + 1].
    let start: [Int]
    let x: [Double]
    let y: [Double]
    let l: [Double]
    /// ln loss above the least of the cell.
    let observedExcess: [Double]
    let n: [Double]
    let d: [Double]

    init(_ table: CellTable, leavingOut leftOut: Int? = nil, cut: Double? = nil) {
        let kept = table.cells.indices.filter { $0 != leftOut }.map { table.cells[$0] }
        let cut = cut ?? Self.cut(kept)
        var start = [0]
        var x: [Double] = []
        var y: [Double] = []
        var l: [Double] = []
        var excess: [Double] = []
        for cell in kept {
            let limit = log1p(cut)
            for index in cell.l.indices where cell.l[index] - cell.least < limit {
                x.append(cell.x[index])
                y.append(cell.y[index])
                l.append(cell.l[index])
                excess.append(cell.l[index] - cell.least)
            }
            start.append(x.count)
        }
        self.cut = cut
        cellCount = kept.count
        self.start = start
        self.x = x
        self.y = y
        self.l = l
        observedExcess = excess
        n = kept.map(\.n)
        d = kept.map(\.d)
    }

    static func cut(_ cells: [CellData]) -> Double {
        for cut in cuts {
            let limit = log1p(cut)
            let kept = cells.reduce(0) { sum, cell in
                sum + cell.l.count { $0 - cell.least < limit }
            }
            if Double(kept) >= wantedRunsPerCell * Double(cells.count) { return cut }
        }
        return cuts[cuts.count - 1]
    }

    static func bowl(_ p: [Double]) -> Bowl {
        Bowl(
            learningRateCurvature: exp(p[6]),
            learningRateSkew: p[7],
            batchCurvature: exp(p[8]),
            batchSkew: p[9],
            ridgeSlope: p[10],
            ridgeKnee: exp(p[11]),
            ridgeSharpness: sharpness
        )
    }
}
