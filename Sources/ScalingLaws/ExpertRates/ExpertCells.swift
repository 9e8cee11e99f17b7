import Foundation
import Runs

/// Cells of a mixture-of-experts sweep: total parameters, active parameters, tokens.
struct ExpertCells: Sendable {
    struct Cell: Sendable {
        var data: CellData
        var totalCount: Double
        var activeCount: Double
        /// ln total, ln active and ln tokens less their means.
        var inputs: [Double]
        var mesh: RegretMesh
    }

    private(set) var cells: [Cell] = []
    private(set) var pivot: [Double] = [0, 0, 0]
    private(set) var leftOut: [NonlinearFit.LeftOut] = []

    static let names = ["totalParameterCount", "activeParameterCount", "tokenCount"]
    /// ln units that an input must span for its exponent to be identified.
    static let enoughSpread: Double = log(1.2)

    init(_ observations: [Observation]) throws(FitError) {
        let usable = accept(observations)
        let groups = Self.byActive(usable)
        var found: [CellData] = []
        var actives: [Double] = []
        var small = 0
        for group in groups {
            var builder = CellBuilder()
            let cells = builder.cells(group.runs)
            small += builder.smallCellCount
            leftOut += builder.leftOut.map {
                .init(runID: $0.runID, runName: $0.runName, reason: $0.reason)
            }
            found += cells
            actives += cells.map { _ in group.active }
        }
        guard found.count >= CellRules.minimumCellCount + 1 else {
            throw .tooFewCells(
                needed: CellRules.minimumCellCount + 1,
                found: found.count,
                tooSmall: small
            )
        }
        let raw = zip(found, actives).map { [$0.lnN, log($1), $0.lnD] }
        let means = (0..<3).map { axis in
            raw.reduce(0) { $0 + $1[axis] } / Double(raw.count)
        }
        pivot = means
        cells = zip(zip(found, actives), raw).map { pair, logs in
            Cell(
                data: pair.0,
                totalCount: pair.0.parameterCount,
                activeCount: pair.1,
                inputs: zip(logs, means).map { $0 - $1 },
                mesh: RegretMesh(pair.0)
            )
        }
    }

    /// Runs with both counts, N being the total from here on.
    private mutating func accept(_ observations: [Observation]) -> [Observation] {
        var accepted: [Observation] = []
        for row in CellRow.sorted(observations) {
            var run = observations[row.place]
            let (total, active) = (run[.totalParameterCount], run[.activeParameterCount])
            guard 1...1e16 ~= total, 1...1e16 ~= active else {
                leave(run, "totalParameterCount or activeParameterCount is missing or unusable")
                continue
            }
            guard active <= total * 1.001 else {
                leave(run, "activeParameterCount = \(active) exceeds the total of \(total)")
                continue
            }
            run.parameterCount = total
            accepted.append(run)
        }
        return accepted
    }

    private mutating func leave(_ run: Observation, _ reason: String) {
        leftOut.append(.init(runID: run.runID.hex, runName: run.runName, reason: reason))
    }

    private static func byActive(
        _ runs: [Observation]
    ) -> [(active: Double, runs: [Observation])] {
        var groups: [(active: Double, runs: [Observation])] = []
        let sorted = runs.sorted {
            ($0[.activeParameterCount], $0.runID) < ($1[.activeParameterCount], $1.runID)
        }
        for run in sorted {
            let active = run[.activeParameterCount]
            if let last = groups.last, active <= last.active * CellBuilder.parameterSlack {
                groups[groups.count - 1].runs.append(run)
            } else {
                groups.append((active, [run]))
            }
        }
        return groups
    }

    /// ln units from the least to the largest value of an input.
    func spread(_ axis: Int) -> Double {
        let values = cells.map { $0.inputs[axis] }
        return (values.max() ?? 0) - (values.min() ?? 0)
    }

    /// The cells with one count as N, for the joint surface; same order of cells.
    func table(driver axis: Int) -> CellTable {
        var table = CellTable(cells: [])
        table.cells = cells.map { cell in
            var data = cell.data
            data.n = cell.inputs[axis]
            data.d = cell.inputs[2]
            return data
        }
        table.pivotN = pivot[axis]
        table.pivotD = pivot[2]
        return table
    }
}
