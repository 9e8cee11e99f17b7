/// Rules that learn next to nothing, judged on cells they have not seen.
enum Baselines {
    static func all(_ table: CellTable, _ scorer: RegretScorer) -> [StepLawFit.Baseline] {
        [
            baseline("nearest-run", "Best run of the nearest other cell", scorer) { cell in
                nearest(table, cell)
            },
            baseline("constant", "One setting for all: middle of the other cells' best", scorer) {
                constant(table, $0)
            },
        ].compactMap(\.self)
    }

    private static func baseline(
        _ id: String,
        _ title: String,
        _ scorer: RegretScorer,
        _ answer: (Int) -> (x: Double, y: Double)?
    ) -> StepLawFit.Baseline? {
        let score = scorer.score(answer)
        guard let snap = score.snap, let mesh = score.interpolated else { return nil }
        return .init(id: id, title: title, snap: snap, interpolated: mesh)
    }

    private static func best(_ cell: CellData) -> (x: Double, y: Double) {
        let index = cell.l.indices.min { cell.l[$0] < cell.l[$1] } ?? 0
        return (cell.x[index], cell.y[index])
    }

    private static func nearest(_ table: CellTable, _ cell: Int) -> (x: Double, y: Double)? {
        let target = table.cells[cell]
        func distance(_ other: CellData) -> Double {
            (other.n - target.n) * (other.n - target.n) + (other.d - target.d)
                * (other.d - target.d)
        }
        return table.cells.indices.filter { $0 != cell }
            .min { distance(table.cells[$0]) < distance(table.cells[$1]) }
            .map { best(table.cells[$0]) }
    }

    private static func constant(_ table: CellTable, _ cell: Int) -> (x: Double, y: Double)? {
        let others = table.cells.indices.filter { $0 != cell }.map { best(table.cells[$0]) }
        guard !others.isEmpty else { return nil }
        let count = Double(others.count)
        return (
            others.reduce(0) { $0 + $1.x } / count,
            others.reduce(0) { $0 + $1.y } / count
        )
    }
}
