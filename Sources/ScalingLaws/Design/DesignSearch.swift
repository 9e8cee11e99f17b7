import Foundation

/// Chooses runs from a pool: again and again the cell whose next few runs lower the criterion most
/// for their share of what is left of budget and count.
package struct DesignSearch: Sendable {
    package private(set) var design: RunDesign
    private var budget: Double
    private var left: Int
    /// Runs of one cell that are weighed together: a first run in a new cell alone says little, and
    /// a cell counts in a fit only with enough runs, rates and batches.
    private static let longest = 6

    package struct Choice: Sendable, Hashable {
        /// Index into the pool.
        package var index: Int
        package var point: DesignPoint
        /// Criterion once this run is made.
        package var after: Double
    }

    package init(_ design: RunDesign, budgetFLOPs: Double, count: Int) {
        self.design = design
        budget = budgetFLOPs
        left = count
    }

    private struct Group {
        var choices: [Choice]
        var cost: Double
        var merit: Double
    }

    /// - Parameter pool: runs of one cell share N and D to 3 %; each can be taken once.
    package mutating func choose(from pool: [DesignPoint]) -> [Choice] {
        var cells: [[Int]] = []
        for index in pool.indices {
            let same = cells.firstIndex { Self.isSame(pool[$0[0]], pool[index]) }
            if let same { cells[same].append(index) } else { cells.append([index]) }
        }
        var taken: Set<Int> = []
        var chosen: [Choice] = []
        while left > 0 {
            let before = design.expectedRegretPercent
            let best = cells.compactMap { group($0, pool, taken, before) }
                .max { $0.merit < $1.merit }
            guard let best else { break }
            for choice in best.choices {
                design.add(choice.point)
                taken.insert(choice.index)
                budget -= choice.point.flops
                left -= 1
            }
            chosen += best.choices
        }
        return chosen
    }

    private static func isSame(_ left: DesignPoint, _ right: DesignPoint) -> Bool {
        abs(log(left.parameterCount / right.parameterCount))
            + abs(log(left.tokenCount / right.tokenCount)) < 0.03
    }

    /// Whether these runs make a cell that a fit accepts.
    private static func makesCell(_ choices: [Choice]) -> Bool {
        choices.count >= CellRules.minimumRunCount
            && CellBuilder.distinct(choices.map(\.point.peakLearningRate))
                >= CellRules.minimumRateCount
            && CellBuilder.distinct(choices.map(\.point.batchTokens))
                >= CellRules.minimumBatchCount
    }

    /// The best first runs of a cell, as many as pay best together; nil when none is affordable or
    /// none helps.
    private func group(
        _ indices: [Int],
        _ pool: [DesignPoint],
        _ taken: Set<Int>,
        _ before: Double
    ) -> Group? {
        guard let first = indices.first(where: { !taken.contains($0) }) else { return nil }
        var (cell, known) = design.cell(of: pool[first])
        var choices: [Choice] = []
        var cost = 0.0
        var best: Group?
        var after = before
        while choices.count < min(Self.longest, left) {
            var next: (index: Int, cell: CellInformation, after: Double)?
            for index in indices where !taken.contains(index) {
                guard cost + pool[index].flops <= budget,
                    !choices.contains(where: { $0.index == index })
                else { continue }
                let tried = design.adding(pool[index], to: cell)
                let value = design.expectedRegretPercent(adding: tried, replacing: known)
                if value < next?.after ?? .infinity { next = (index, tried, value) }
            }
            guard let next, next.after.isFinite else { break }
            (cell, after) = (next.cell, next.after)
            cost += pool[next.index].flops
            choices.append(Choice(index: next.index, point: pool[next.index], after: after))
            guard known != nil || Self.makesCell(choices) else { continue }
            let share = max(cost / budget, Double(choices.count) / Double(left))
            let merit = (before - after) / share
            if merit > best?.merit ?? 0 {
                best = Group(choices: choices, cost: cost, merit: merit)
            }
        }
        return best
    }
}
