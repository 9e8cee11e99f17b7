import Foundation
import Runs

/// The descriptive parts of a fit: cells, runs, residuals, warnings, hash.
struct FitParts {
    let table: CellTable
    let tolerance: Double

    func powerLaw(
        _ coefficients: [Double],
        _ uncertainty: PowerLawUncertainty,
        hasParameters: Bool,
        residual: Double
    ) -> StepLawFit.PowerLaw {
        StepLawFit.PowerLaw(
            atPivot: uncertainty.interval(logValue: coefficients[0], n: 0, d: 0),
            parameterExponent: hasParameters
                ? uncertainty.coefficient(1, value: coefficients[1]) : nil,
            tokenExponent: uncertainty.coefficient(2, value: coefficients[2]),
            uncertainty: uncertainty,
            residual: residual
        )
    }

    /// Root mean square distance of the near-optimal runs from the law, cells weighted equally.
    func spread(about law: OptimumLaw) -> (x: Double, y: Double) {
        var sum = (x: 0.0, y: 0.0)
        for cell in table.cells {
            let point = law.point(n: cell.n, d: cell.d)
            let near = cell.nearOptimal(tolerance)
            for index in near {
                let (dx, dy) = (cell.x[index] - point.x, cell.y[index] - point.y)
                sum.x += dx * dx / Double(near.count)
                sum.y += dy * dy / Double(near.count)
            }
        }
        let count = Double(table.cells.count)
        return ((sum.x / count).squareRoot(), (sum.y / count).squareRoot())
    }

    func cells(law: OptimumLaw, shifts: [CellShift]) -> [StepLawFit.Cell] {
        zip(table.cells, shifts).map { cell, shift in
            let near = cell.nearOptimal(tolerance)
            let best = cell.l.indices.min { cell.l[$0] < cell.l[$1] } ?? 0
            let run = cell.observations[best]
            let point = law.point(n: cell.n, d: cell.d)
            let all = cell.observations + cell.diverged
            return StepLawFit.Cell(
                parameterCount: cell.parameterCount,
                tokenCount: cell.tokenCount,
                runCount: all.count,
                divergedCount: cell.diverged.count,
                nearOptimalCount: near.count,
                learningRates: bounds(all.map(\.peakLearningRate)),
                batchTokens: bounds(all.map(\.batchTokens)),
                learningRateCount: CellBuilder.distinct(all.map(\.peakLearningRate)),
                batchCount: CellBuilder.distinct(all.map(\.batchTokens)),
                best: .init(
                    runID: run.runID.hex,
                    runName: run.runName,
                    peakLearningRate: run.peakLearningRate,
                    batchTokens: run.batchTokens,
                    lossNats: run.lossNats
                ),
                optimum: SurfacePoint(
                    peakLearningRate: exp(point.x + shift.x),
                    batchTokens: exp(point.y + shift.y)
                ),
                bandCentre: SurfacePoint(
                    peakLearningRate: exp(mean(near.map { cell.x[$0] })),
                    batchTokens: exp(mean(near.map { cell.y[$0] }))
                ),
                edges: edges(cell, near)
            )
        }
    }

    private func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(max(values.count, 1))
    }

    private func bounds(_ values: [Double]) -> Bounds {
        Bounds(low: values.min() ?? 0, high: values.max() ?? 0)
    }

    /// Diverged runs count as swept: an optimum below them is not at the edge.
    private func edges(_ cell: CellData, _ near: [Int]) -> [StepLawFit.Edge] {
        let all = cell.observations + cell.diverged
        let rates = bounds(all.map { log($0.peakLearningRate) })
        let batches = bounds(all.map { log($0.batchTokens) })
        var edges: [StepLawFit.Edge] = []
        if near.contains(where: { cell.x[$0] <= rates.low + 0.01 }) {
            edges.append(.lowestLearningRate)
        }
        if near.contains(where: { cell.x[$0] >= rates.high - 0.01 }) {
            edges.append(.highestLearningRate)
        }
        if near.contains(where: { cell.y[$0] <= batches.low + 0.01 }) {
            edges.append(.smallestBatch)
        }
        if near.contains(where: { cell.y[$0] >= batches.high - 0.01 }) {
            edges.append(.largestBatch)
        }
        return edges
    }

    func runs() -> [StepLawFit.RunPoint] {
        var points: [StepLawFit.RunPoint] = []
        for (index, cell) in table.cells.enumerated() {
            let limit = cell.least + log1p(tolerance)
            for (run, l) in zip(cell.observations, cell.l) {
                points.append(
                    point(run, index, excess: 100 * expm1(l - cell.least), isNear: l < limit)
                )
            }
            for run in cell.diverged {
                points.append(point(run, index, excess: nil, isNear: false))
            }
        }
        return points
    }

    private func point(
        _ run: Observation,
        _ cell: Int,
        excess: Double?,
        isNear: Bool
    ) -> StepLawFit.RunPoint {
        StepLawFit.RunPoint(
            runID: run.runID.hex,
            runName: run.runName,
            cell: cell,
            peakLearningRate: run.peakLearningRate,
            batchTokens: run.batchTokens,
            lossNats: run.lossNats.isFinite ? run.lossNats : nil,
            excessPercent: excess,
            isDiverged: excess == nil,
            isNearOptimal: isNear
        )
    }

    func warnings(_ solution: JointSolver.Solution, _ problem: JointProblem) -> [String] {
        var warnings: [String] = []
        let atEdge = table.cells.count { !edges($0, $0.nearOptimal(tolerance)).isEmpty }
        if atEdge > 0 {
            warnings.append(
                "In \(atEdge) of \(table.cells.count) cells the best runs touch the edge of what was"
                    + " swept; the optimum may lie beyond it."
            )
        }
        if !solution.isConverged {
            warnings.append("The joint surface did not converge; plateau and loss are rough.")
        }
        let few = table.cells.map(\.count).min() ?? 0
        if few < 8 {
            warnings.append(
                "The smallest cell has \(few) runs; 8 to 12 a cell make the answer much steadier."
            )
        }
        return warnings
    }

    /// Over all rows in their canonical order.
    func dataHash() -> String {
        var hash = DataHash()
        for cell in table.cells {
            for run in cell.observations + cell.diverged {
                for value in [
                    run.parameterCount, run.tokenCount, run.peakLearningRate, run.batchTokens,
                    run.lossNats,
                ] {
                    hash.mix(value)
                }
                hash.mix(run.runID.hex)
            }
        }
        return hash.text
    }
}
