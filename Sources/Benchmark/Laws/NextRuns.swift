import Foundation
import ScalingLaws

/// What sixteen further runs of the table gain at its largest model, chosen by the plan or by
/// chance.
struct NextRuns {
    let table: CellTable
    static let draws = 40

    func run() {
        print("next runs: six in each of the five smallest cells, then sixteen more")
        var outcomes: [NextRunStudy.Outcome] = []
        var failed = 0
        for seed in 1...UInt64(Self.draws) {
            do {
                outcomes.append(try NextRunStudy(table: table, seed: seed).run())
            } catch {
                failed += 1
            }
        }
        line("before", outcomes.map(\.before), nil)
        line("planned", outcomes.map(\.planned), outcomes.map(\.plannedFLOPs))
        line("four random cells of four", outcomes.map(\.random), outcomes.map(\.randomFLOPs))
        if failed > 0 { print("\(failed) draws without a fit") }
    }

    private func line(_ name: String, _ regrets: [Double], _ flops: [Double]?) {
        let sorted = regrets.sorted()
        guard !sorted.isEmpty else { return }
        let mean = sorted.reduce(0, +) / Double(sorted.count)
        let median = sorted[sorted.count / 2]
        let high = sorted[min(sorted.count * 9 / 10, sorted.count - 1)]
        let numbers = String(format: "%.3f / %.3f [%.3f]", mean, median, high)
        let cost = flops.map { String(format: ", %.2g FLOPs", $0.reduce(0, +) / Double($0.count)) }
        print("\(name): regret % mean / median [90th] \(numbers)\(cost ?? "")")
    }
}
