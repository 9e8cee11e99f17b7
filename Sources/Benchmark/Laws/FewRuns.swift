import Foundation
import ScalingLaws

/// What the law costs when each training cell has only a few random runs: trained on all cells but
/// those of the largest model, judged on those by interpolated regret.
struct FewRuns {
    let table: CellTable
    static let draws = 100

    func run() {
        print("few runs a cell, regret % on the largest model's cells: median [90th percentile]")
        for count in [5, 8, 12, 20, 40] {
            var texts: [String] = []
            for estimator in [Estimator.band, .jointSurface] {
                var regrets: [Double] = []
                for draw in 0..<Self.draws {
                    if let value = regret(count, UInt64(draw), estimator) { regrets.append(value) }
                }
                regrets.sort()
                guard !regrets.isEmpty else { continue }
                let median = regrets[regrets.count / 2]
                let high = regrets[min(regrets.count * 9 / 10, regrets.count - 1)]
                texts.append(
                    "\(estimator.rawValue) \(String(format: "%.3f [%.3f]", median, high))"
                        + " (\(regrets.count) draws)"
                )
            }
            print("\(count) runs:", texts.joined(separator: "  "))
        }
    }

    private func regret(_ count: Int, _ seed: UInt64, _ estimator: Estimator) -> Double? {
        guard let largest = table.cells.map(\.lnN).max() else { return nil }
        var random = SplitMix64(seed: 1_000 * UInt64(count) + seed)
        var chosen: [Observation] = []
        for cell in table.cells where cell.lnN < largest - 0.01 {
            chosen += cell.observations.shuffled(using: &random).prefix(count)
        }
        var options = FitOptions()
        options.estimator = estimator
        let request = FitRequest(
            observations: chosen,
            parameterConvention: "nonEmbedding",
            lossName: "smooth loss",
            options: options
        )
        let fit: StepLawFit
        do {
            fit = try StepLaw.fit(request)
        } catch {
            return nil
        }
        let test = table.cells.filter { $0.lnN >= largest - 0.01 }
        let costs = test.map { cell in
            let point = fit.optimum(
                Target(parameterCount: exp(cell.lnN), tokenCount: exp(cell.lnD))
            )
            return RegretMesh(cell).cost(
                x: log(point.peakLearningRate),
                y: log(point.batchTokens)
            ).interpolated
        }
        return costs.reduce(0, +) / Double(costs.count)
    }
}
