import Foundation

/// Judges answers on the runs of every cell.
package struct RegretScorer: Sendable {
    private let meshes: [RegretMesh]

    package struct Score: Sendable {
        package var costs: [RegretMesh.Cost?]
        package var snap: StepLawFit.Regret?
        package var interpolated: StepLawFit.Regret?
    }

    package init(_ table: CellTable) {
        meshes = table.cells.map(RegretMesh.init)
    }

    /// - Parameter answer: (ln LR, ln B) for the cell with this index; nil where there is none.
    package func score(_ answer: (Int) -> (x: Double, y: Double)?) -> Score {
        let costs = meshes.indices.map { cell in
            answer(cell).map { meshes[cell].cost(x: $0.x, y: $0.y) }
        }
        let answered = costs.compactMap(\.self)
        return Score(
            costs: costs,
            snap: Self.summary(answered.map(\.snap)),
            interpolated: Self.summary(answered.map(\.interpolated))
        )
    }

    static func summary(_ values: [Double]) -> StepLawFit.Regret? {
        guard let largest = values.max() else { return nil }
        return .init(
            mean: values.reduce(0, +) / Double(values.count),
            median: Quantiles.value(values.sorted(), 0.5),
            max: largest
        )
    }
}
