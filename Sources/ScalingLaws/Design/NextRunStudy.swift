import Foundation
import Runs

/// Replays the choice of next runs on a table of finished ones: what a plan, and what chance, would
/// have gained. For tests and benchmarks of the planner.
package struct NextRunStudy: Sendable {
    package let table: CellTable
    package let seed: UInt64
    /// Cells to start from, smallest compute first, and runs in each.
    package var startCells = 5
    package var startRuns = 6
    package var count = 16

    /// Mean interpolated regret, in per cent, on the cells of the largest model.
    package struct Outcome: Sendable {
        package var before: Double
        package var planned: Double
        package var random: Double
        package var plannedFLOPs: Double
        package var randomFLOPs: Double
    }

    package init(table: CellTable, seed: UInt64) {
        self.table = table
        self.seed = seed
    }

    /// - Throws: when the first runs do not make a fit.
    package func run() throws -> Outcome {
        var random = SplitMix64(seed: seed)
        let largest = (table.cells.map(\.lnN).max() ?? 0) - 0.01
        let order = table.cells.filter { $0.lnN < largest }
            .sorted { $0.lnN + $0.lnD < $1.lnN + $1.lnD }
        let start = order.prefix(startCells).flatMap { cell in
            cell.observations.shuffled(using: &random).prefix(startRuns)
        }
        let known = Set(start.map(\.runID))
        let pool = order.flatMap(\.observations).filter { !known.contains($0.runID) }
        let fit = try StepLaw.fit(Self.request(start))
        guard let goal = table.cells.first(where: { $0.lnN >= largest }) else {
            throw FitError.tooFewCells(needed: 1, found: 0, tooSmall: 0)
        }
        let target = Target(parameterCount: goal.parameterCount, tokenCount: goal.tokenCount)
        var search = DesignSearch(
            try RunDesign(fit, target: target),
            budgetFLOPs: .greatestFiniteMagnitude,
            count: count
        )
        let chosen = search.choose(from: pool.map(Self.point)).map { pool[$0.index] }
        let cells = order.shuffled(using: &random).prefix(count / 4)
        let chance = cells.flatMap { cell in
            cell.observations.filter { !known.contains($0.runID) }
                .shuffled(using: &random).prefix(4)
        }
        func flops(_ runs: [Observation]) -> Double {
            runs.reduce(0) { $0 + Self.point($1).flops }
        }
        return Outcome(
            before: regret(fit, above: largest),
            planned: regret(try StepLaw.fit(Self.request(start + chosen)), above: largest),
            random: regret(try StepLaw.fit(Self.request(start + chance)), above: largest),
            plannedFLOPs: flops(chosen),
            randomFLOPs: flops(chance)
        )
    }

    private static func request(_ runs: [Observation]) -> FitRequest {
        FitRequest(observations: runs, parameterConvention: "nonEmbedding")
    }

    private static func point(_ run: Observation) -> DesignPoint {
        DesignPoint(
            parameterCount: run.parameterCount,
            tokenCount: run.tokenCount,
            peakLearningRate: run.peakLearningRate,
            batchTokens: run.batchTokens
        )
    }

    private func regret(_ fit: StepLawFit, above largest: Double) -> Double {
        let costs = table.cells.filter { $0.lnN >= largest }.map { cell in
            let point = fit.optimum(
                Target(parameterCount: cell.parameterCount, tokenCount: cell.tokenCount)
            )
            return RegretMesh(cell).cost(
                x: log(point.peakLearningRate),
                y: log(point.batchTokens)
            ).interpolated
        }
        return costs.reduce(0, +) / Double(max(costs.count, 1))
    }
}
