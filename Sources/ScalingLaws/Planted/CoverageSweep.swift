import Foundation
import Runs

/// A made-up sweep whose optimum is known: what intervals and estimators are checked against.
package struct CoverageSweep: Sendable {
    /// One (N, D) pair with the learning rates and batches tried.
    package struct Cell: Sendable {
        package var parameterCount: Double
        package var tokenCount: Double
        /// (peak learning rate, batch tokens)
        package var points: [(rate: Double, batch: Double)]

        package init(
            parameterCount: Double,
            tokenCount: Double,
            points: [(rate: Double, batch: Double)]
        ) {
            self.parameterCount = parameterCount
            self.tokenCount = tokenCount
            self.points = points
        }
    }

    package var cells: [Cell]
    package var bowl: PlantedBowl
    /// Standard deviation, in ln units, of a cell's own optimum about the law.
    package var scatter: Double
    /// Standard deviation of ln loss.
    package var noise = 5e-4

    package init(cells: [Cell], bowl: PlantedBowl, scatter: Double) {
        self.cells = cells
        self.bowl = bowl
        self.scatter = scatter
    }

    /// Runs worse than this share above the optimum are taken to have diverged and are not given.
    private static let worstExcess = 0.45
    private static let center = (parameters: 4e8, tokens: 2e10, rate: 1.8e-3, batch: 4e5)

    /// The planted law: ln of the optimal learning rate and batch tokens.
    package func truth(parameterCount: Double, tokenCount: Double) -> (x: Double, y: Double) {
        let n = log(parameterCount / Self.center.parameters)
        let d = log(tokenCount / Self.center.tokens)
        return (
            log(Self.center.rate) - 0.75 * n + 0.22 * d,
            log(Self.center.batch) - 0.25 * n + 0.6 * d
        )
    }

    /// The planted law at the geometric mean of the cells.
    package var truthAtPivot: (x: Double, y: Double) {
        let count = Double(cells.count)
        return truth(
            parameterCount: exp(cells.reduce(0) { $0 + log($1.parameterCount) } / count),
            tokenCount: exp(cells.reduce(0) { $0 + log($1.tokenCount) } / count)
        )
    }

    /// One world: the same seed gives the same runs.
    package func observations(seed: UInt64) -> [Observation] {
        var generator = SplitMix64(seed: seed)
        let usual =
            cells.reduce(0) { $0 + log($1.tokenCount / $1.parameterCount) } / Double(cells.count)
        var runs: [Observation] = []
        for cell in cells {
            var optimum = truth(parameterCount: cell.parameterCount, tokenCount: cell.tokenCount)
            optimum.x += scatter * generator.normal()
            optimum.y += scatter * generator.normal()
            let least = Self.leastLoss(cell)
            for point in cell.points {
                let excess = bowl.excess(
                    u: log(point.rate) - optimum.x,
                    v: log(point.batch) - optimum.y,
                    overtraining: log(cell.tokenCount / cell.parameterCount) - usual
                )
                let error = noise * generator.normal()
                guard excess < Self.worstExcess else { continue }
                let loss = least * (1 + excess) * exp(error)
                runs.append(Self.observation(cell, point, loss, number: runs.count + 1))
            }
        }
        return runs
    }

    private static func leastLoss(_ cell: Cell) -> Double {
        1.7 + pow(cell.parameterCount / 1e8, -0.34) + pow(cell.tokenCount / 1e9, -0.3)
    }

    private static func observation(
        _ cell: Cell,
        _ point: (rate: Double, batch: Double),
        _ loss: Double,
        number: Int
    ) -> Observation {
        Observation(
            runID: RunID(UUID(timeOrdered: Int64(number) * 1000, random: (0, 0))),
            runName: "planted-\(number)",
            parameterCount: cell.parameterCount,
            tokenCount: cell.tokenCount,
            peakLearningRate: point.rate,
            batchTokens: point.batch,
            lossNats: loss
        )
    }
}

extension CoverageSweep {
    /// 17 cells of 12 rates × 10 batches: five sizes of 0.2 to 1.1 billion parameters, 19 to 466
    /// tokens per parameter, rates a factor √2 apart.
    package static let denseCells: [Cell] = {
        let plan: [(Double, [Double])] = [
            (2.1e8, [19, 53, 93, 466]), (2.7e8, [19, 53, 93, 298]), (4.3e8, [19, 53, 93, 117]),
            (5.4e8, [19, 53, 93]), (1.1e9, [19, 53]),
        ]
        let rates = (0..<12).map { 2.44e-4 * pow(2, 0.5 * Double($0)) }
        let batches = [32, 64, 128, 192, 256, 360, 512, 736, 1024, 2048].map { $0 * 2048.0 }
        return grid(plan, rates: rates, batches: batches)
    }()

    /// Nine cells of 5 rates × 4 batches: what a small laboratory sweeps.
    package static let smallCells: [Cell] = grid(
        [(2e8, [20, 60, 180]), (4e8, [20, 60, 180]), (8e8, [20, 60, 180])],
        rates: (0..<5).map { 4.5e-4 * pow(2, Double($0)) },
        batches: (0..<4).map { 1.3e5 * pow(2, Double($0)) }
    )

    private static func grid(
        _ plan: [(parameters: Double, ratios: [Double])],
        rates: [Double],
        batches: [Double]
    ) -> [Cell] {
        plan.flatMap { size in
            size.ratios.map { ratio in
                Cell(
                    parameterCount: size.parameters,
                    tokenCount: size.parameters * ratio,
                    points: rates.flatMap { rate in batches.map { (rate, $0) } }
                )
            }
        }
    }
}
