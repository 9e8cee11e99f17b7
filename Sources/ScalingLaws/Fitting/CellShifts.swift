import Foundation

/// Where each cell's own optimum lies beside the law's, the shape of the bowl held fixed.
package struct CellShift: Sendable, Hashable {
    package var x: Double
    package var y: Double
}

enum CellShiftFitter {
    /// Standard deviation, in ln units, to which a cell's shift is held; real cells scatter by
    /// 0.1 … 0.2, and a cell with few runs must not run away.
    static let looseness = 0.5

    /// Gauss–Newton on (shift in ln LR, shift in ln B, level) for every cell.
    static func shifts(_ problem: JointProblem, _ solution: JointSolver.Solution) -> [CellShift] {
        let model = JointModel(solution.parameters)
        return (0..<problem.cellCount).map { cell in
            let n = problem.n[cell]
            let d = problem.d[cell]
            let center = solution.law.point(n: n, d: d)
            var shift = CellShift(x: 0, y: 0)
            for _ in 0..<12 {
                let step = step(problem, cell, model, solution.noise, center, shift)
                shift.x = min(max(shift.x + step.x, -1.5), 1.5)
                shift.y = min(max(shift.y + step.y, -1.5), 1.5)
                if abs(step.x) + abs(step.y) < 1e-7 { break }
            }
            return shift
        }
    }

    private static func step(
        _ problem: JointProblem,
        _ cell: Int,
        _ model: JointModel,
        _ noise: Double,
        _ center: (x: Double, y: Double),
        _ shift: CellShift
    ) -> CellShift {
        var j = [Double](repeating: 0, count: 8)
        var rows: [(r: Double, jx: Double, jy: Double, w: Double)] = []
        var sums = (w: 0.0, r: 0.0, x: 0.0, y: 0.0)
        for i in problem.start[cell]..<problem.start[cell + 1] {
            let q = model.derivatives(
                problem.x[i] - center.x - shift.x,
                problem.y[i] - center.y - shift.y,
                &j
            )
            let sigma = noise * (JointProblem.noiseFloor + JointProblem.misfit * q)
            let w = 1 / (sigma * sigma)
            let r = problem.l[i] - q
            rows.append((r, -j[0], -j[1], w))
            sums.w += w
            sums.r += w * r
            sums.x -= w * j[0]
            sums.y -= w * j[1]
        }
        guard sums.w > 0 else { return CellShift(x: 0, y: 0) }
        let prior = 1 / (looseness * looseness)
        var (xx, xy, yy) = (prior, 0.0, prior)
        var (gx, gy) = (-prior * shift.x, -prior * shift.y)
        for row in rows {
            let r = row.r - sums.r / sums.w
            let jx = row.jx - sums.x / sums.w
            let jy = row.jy - sums.y / sums.w
            let robust = 1 / (1 + r * r * row.w / 2.25).squareRoot()
            let w = row.w * robust
            xx += w * jx * jx
            xy += w * jx * jy
            yy += w * jy * jy
            gx += w * jx * r
            gy += w * jy * r
        }
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-12 * xx * yy else { return CellShift(x: 0, y: 0) }
        let limit = 0.5
        return CellShift(
            x: min(max((gx * yy - gy * xy) / determinant, -limit), limit),
            y: min(max((gy * xx - gx * xy) / determinant, -limit), limit)
        )
    }
}
