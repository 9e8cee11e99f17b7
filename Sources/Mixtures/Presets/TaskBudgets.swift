import Foundation

/// SMART's budgets of fine-tuning tasks (arXiv 2403.08370): tasks are ordered by a graph-cut
/// function over their similarities, which likes a task that stands for many others and dislikes
/// one that repeats what is chosen; the gains become budgets by a softmax.
package struct TaskBudgets: Sendable, Hashable, Codable {
    /// Whole examples of each task; never above its size.
    package var examples: [String: Int]
    /// Gain of each task when it was chosen.
    package var gains: [String: Double]
    /// Tasks in the order of choice.
    package var order: [String]
    /// Examples of the budget that no task can give.
    package var unplaced: Int

    package struct Request: Sendable, Hashable, Codable {
        /// Similarity of each pair of tasks, in −1 … 1; symmetric.
        package var similarity: [String: [String: Double]]
        /// Examples that each task has.
        package var sizes: [String: Double]
        package var budget: Int
        /// Weight of redundance against coverage.
        package var lambda: Double
        /// Of the softmax; high spreads the budget evenly.
        package var temperature: Double
        /// Least examples of each task, where it has them.
        package var floor: Int

        package init(
            similarity: [String: [String: Double]],
            sizes: [String: Double],
            budget: Int,
            lambda: Double = 0.4,
            temperature: Double = 1,
            floor: Int = 1
        ) {
            self.similarity = similarity
            self.sizes = sizes
            self.budget = budget
            self.lambda = lambda
            self.temperature = temperature
            self.floor = floor
        }
    }

    package init(_ request: Request) throws(MixtureError) {
        let names = request.similarity.keys.sorted()
        let matrix = try Self.matrix(request, names)
        let chosen = Self.greedy(matrix, lambda: request.lambda)
        order = chosen.map { names[$0.index] }
        gains = Dictionary(uniqueKeysWithValues: chosen.map { (names[$0.index], $0.gain) })
        let top = chosen.map(\.gain).max() ?? 0
        var weights: [String: Double] = [:]
        for (index, gain) in chosen {
            weights[names[index]] = exp((gain - top) / request.temperature)
        }
        let caps = request.sizes.mapValues { $0.rounded(.down) }
        let floors = caps.mapValues { min($0, Double(request.floor)) }
        let base = floors.orderedSum
        guard base <= Double(request.budget) else {
            throw .invalid(
                field: "floor",
                reason:
                    "A floor of \(request.floor) examples for each of \(names.count) tasks takes"
                    + " more than the budget of \(request.budget)."
            )
        }
        let rest = Double(request.budget) - base
        let room = caps.merging(floors) { $0 - $1 }
        let shared = rest > 0 ? try CappedShares(total: rest, weights: weights, caps: room) : nil
        let wanted = names.map { (floors[$0] ?? 0) + (shared?.amounts[$0] ?? 0) }
        let whole = Self.whole(wanted, names.map { caps[$0] ?? 0 }, Double(request.budget))
        examples = Dictionary(uniqueKeysWithValues: zip(names, whole))
        unplaced = request.budget - whole.reduce(0, +)
    }

    private static func matrix(
        _ request: Request,
        _ names: [String]
    ) throws(MixtureError) -> [[Double]] {
        guard request.budget > 0, request.budget <= 1_000_000_000_000 else {
            throw .invalid(field: "budget", reason: "budget must be from 1 to 1e12 examples.")
        }
        guard request.floor >= 0, request.floor <= request.budget else {
            throw .invalid(field: "floor", reason: "floor must be from 0 to the budget.")
        }
        guard request.lambda.isFinite, request.lambda >= 0, request.lambda <= 10 else {
            throw .invalid(field: "lambda", reason: "lambda must be a number from 0 to 10.")
        }
        guard request.temperature.isFinite, request.temperature >= 1e-6 else {
            throw .invalid(field: "temperature", reason: "temperature must be at least 0.000001.")
        }
        guard names.count <= 5000 else {
            throw .invalid(field: "similarity", reason: "At most 5,000 tasks are supported.")
        }
        try PresetInput.check("sizes", request.sizes)
        guard Set(names) == Set(request.sizes.keys), request.sizes.values.allSatisfy({ $0 <= 1e15 })
        else {
            throw .invalid(
                field: "sizes",
                reason: "sizes and similarity must name the same tasks, each of at most 1e15."
            )
        }
        var matrix: [[Double]] = []
        for name in names {
            var row: [Double] = []
            for other in names {
                guard
                    let value = request.similarity[name]?[other]
                        ?? request.similarity[other]?[name],
                    value.isFinite, abs(value) <= 1
                else {
                    throw .invalid(
                        field: "similarity",
                        reason:
                            "The similarity of \(name) and \(other) is missing or not in -1 … 1."
                    )
                }
                let back = request.similarity[other]?[name] ?? value
                guard abs(back - value) <= 1e-6 else {
                    throw .invalid(
                        field: "similarity",
                        reason: "The similarity of \(name) and \(other) is \(value) one way and"
                            + " \(back) the other; it must be symmetric."
                    )
                }
                row.append(value)
            }
            matrix.append(row)
        }
        return matrix
    }

    /// f(S) = Σ_{i, j ∈ S} s_ij over all i, less λ Σ_{i, j ∈ S} s_ij; the next task is the one that
    /// adds most, the first by name among equals.
    private static func greedy(
        _ matrix: [[Double]],
        lambda: Double
    ) -> [(index: Int, gain: Double)] {
        var gains = matrix.indices.map { index in
            matrix[index].reduce(0, +) - lambda * matrix[index][index]
        }
        var open = Array(matrix.indices)
        var chosen: [(index: Int, gain: Double)] = []
        while var best = open.first {
            for index in open where gains[index] > gains[best] { best = index }
            chosen.append((best, gains[best]))
            open.removeAll { $0 == best }
            for index in open { gains[index] -= 2 * lambda * matrix[index][best] }
        }
        return chosen
    }

    /// Whole numbers with the sum of the wishes, by largest remainder, within the caps.
    private static func whole(_ wanted: [Double], _ caps: [Double], _ budget: Double) -> [Int] {
        var amounts = wanted.map { $0.rounded(.down) }
        var rest = min(budget, caps.reduce(0, +)) - amounts.reduce(0, +)
        let order = wanted.indices.sorted {
            (amounts[$0] - wanted[$0], $0) < (amounts[$1] - wanted[$1], $1)
        }
        for index in order where rest >= 0.5 && amounts[index] < caps[index] {
            amounts[index] += 1
            rest -= 1
        }
        return amounts.map { Int(min($0, 1e15)) }
    }
}
