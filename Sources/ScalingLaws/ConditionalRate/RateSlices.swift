import Foundation

/// One (N, D, B) with a swept learning rate: where its best rate lies, and its runs.
struct RateSlice: Sendable {
    var cell: Int
    var n: Double
    var d: Double
    var logBatch: Double
    /// ln of the best rate: vertex of a parabola through the best run and its neighbours.
    var logRate: Double
    /// ln rate, rising, and ln loss of the runs.
    var x: [Double]
    var l: [Double]

    /// Loss of this rate above the best run of the slice, in per cent, ln loss read linearly
    /// between runs; beyond the swept rates the end run is charged.
    func regretPercent(_ logRate: Double) -> Double {
        let least = l.min() ?? 0
        guard let next = x.firstIndex(where: { $0 >= logRate }) else {
            return 100 * expm1((l.last ?? 0) - least)
        }
        guard next > 0 else { return 100 * expm1(l[0] - least) }
        let share = (logRate - x[next - 1]) / (x[next] - x[next - 1])
        return 100 * expm1(l[next - 1] + share * (l[next] - l[next - 1]) - least)
    }

    static func all(_ table: CellTable) -> [RateSlice] {
        let origin = OptimumLaw(learningRate: [0, 0, 0], batch: [0, 0, 0])
        return ConditionalFit.slices(table, law: origin).map { slice in
            let cell = table.cells[slice.cell]
            return RateSlice(
                cell: slice.cell,
                n: cell.n,
                d: cell.d,
                logBatch: slice.ratio,
                logRate: slice.shift,
                x: slice.runs.map { cell.x[$0] },
                l: slice.runs.map { cell.l[$0] }
            )
        }
    }
}
