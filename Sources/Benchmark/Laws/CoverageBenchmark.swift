import Foundation
import ScalingLaws

/// How often the 90 % intervals of rate and batch hold the optimum that was planted.
struct CoverageBenchmark {
    /// The public table; its grid is used beside the made-up ones when given.
    let path: String?
    let worlds: Int

    private static let bowls: [(name: String, bowl: PlantedBowl)] = [
        ("symmetric", .symmetric),
        ("sided 1.5", .sided(rate: 1.5, batch: 1)),
        ("sided 2.5", .sided(rate: 2.5, batch: 1 / 1.5)),
        ("exponential 0.6", .exponential(rate: 0.6, batch: -0.3)),
        ("exponential 1.2", .exponential(rate: 1.2, batch: -0.5)),
        ("cubic 0.5", .cubic(rate: 0.5, batch: -0.3)),
        ("observed", .observed),
    ]

    func run() throws {
        print("coverage of nominal 90 % intervals, \(worlds) worlds, noise 0.05 %: grid, bowl,")
        print("scatter, pivot rate, pivot batch, target rate, target batch (joint surface);")
        print("pivot rate, pivot batch (band); ×/÷ of the pivot rate and batch; s per fit")
        var grids = [
            ("dense", CoverageSweep.denseCells), ("small", CoverageSweep.smallCells),
        ]
        if let path { grids.append(("public", try Self.publicGrid(path))) }
        for (name, cells) in grids {
            for scatter in [0.1, 0.15, 0.2] {
                for (title, bowl) in Self.bowls {
                    let sweep = CoverageSweep(cells: cells, bowl: bowl, scatter: scatter)
                    line("\(name), \(title), \(scatter)", measure(sweep))
                }
            }
        }
    }

    private struct Tally {
        var hits = [Int](repeating: 0, count: 6)
        var widths = [0.0, 0]
        var count = 0
        var seconds = 0.0
    }

    private func measure(_ sweep: CoverageSweep) -> Tally {
        var tally = Tally()
        let far = (parameterCount: 1.07e9, tokenCount: 1e11)
        let pivot = sweep.truthAtPivot
        let target = sweep.truth(parameterCount: far.parameterCount, tokenCount: far.tokenCount)
        let clock = ContinuousClock()
        for seed in 1...UInt64(worlds) {
            let runs = sweep.observations(seed: seed)
            let start = clock.now
            guard let estimate = try? OptimumEstimate(runs) else { continue }
            tally.seconds += (clock.now - start) / .seconds(1)
            let here = estimate.intervals(.jointSurface)
            let there = estimate.intervals(.jointSurface, at: far)
            let band = estimate.intervals(.band)
            let checks = [
                (here.learningRate, pivot.x), (here.batchTokens, pivot.y),
                (there.learningRate, target.x), (there.batchTokens, target.y),
                (band.learningRate, pivot.x), (band.batchTokens, pivot.y),
            ]
            for (index, check) in checks.enumerated() {
                let (interval, truth) = (check.0, exp(check.1))
                tally.hits[index] += interval.low <= truth && truth <= interval.high ? 1 : 0
            }
            tally.widths[0] += 0.5 * log(here.learningRate.high / here.learningRate.low)
            tally.widths[1] += 0.5 * log(here.batchTokens.high / here.batchTokens.low)
            tally.count += 1
        }
        return tally
    }

    private func line(_ name: String, _ tally: Tally) {
        let count = Double(max(tally.count, 1))
        let shares = tally.hits.map { String(format: "%.3f", Double($0) / count) }
        let widths = tally.widths.map { String(format: "%.3f", exp($0 / count)) }
        let time = String(format: "%.3f", tally.seconds / count)
        print(
            name.padding(toLength: 32, withPad: " ", startingAt: 0),
            (shares + widths + [time]).joined(separator: " ")
        )
    }

    private static func publicGrid(_ path: String) throws -> [CoverageSweep.Cell] {
        let groups = Dictionary(grouping: try StepLawTable.read(path)) {
            [$0.parameterCount, $0.tokenCount]
        }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, runs in
            CoverageSweep.Cell(
                parameterCount: key[0],
                tokenCount: key[1],
                points: runs.map { ($0.peakLearningRate, $0.batchTokens) }
            )
        }
    }
}
