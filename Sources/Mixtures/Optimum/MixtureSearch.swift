import Foundation

/// The best mixture of a set for a function, by the method that suits them.
struct MixtureSearch {
    struct Found: Sendable {
        var proportions: [Double]
        var value: Double
        /// Constraints that hold the optimum, with the fall of the value per unit of their limit.
        var prices: [(cause: ConstraintCause, price: Double)]
        /// Error of the optimality conditions, relative to the spread of the gradient; nil for
        /// functions with steps.
        var residual: Double?
        var isGlobal: Bool
        var method: Method
        /// Where other starts ended.
        var alternatives: [(proportions: [Double], value: Double)] = []
    }

    enum Method: String, Sendable, Hashable, Codable {
        case waterFilling
        case interiorPoint
        case stepSearch
    }

    var set: FeasibleSet
    var function: any SmoothFunction
    /// The form of the function in a box, where it has one.
    var separable: SeparableUtility?
    var seed: UInt64 = 1
    /// Weight of the barrier that searches begin with: `warm` stays near the start.
    var barrier = 0.1
    static let warm = 1e-3
    /// Whether functions that are not convex are also searched from the middle of the set.
    var startsInMiddle = true
    static let startCount = 6
    /// Mixtures nearer than this, in L1, are held by the same constraints.
    static let sameDistance = 1e-3
    /// Prices below this share of the gradient's spread are those of constraints that only touch.
    static let leastPrice = 1e-6

    /// - Parameter starts: mixtures worth starting from, best first.
    func minimise(from starts: [[Double]]) throws(MixtureError) -> Found {
        if set.isBox, let separable {
            guard let found = fill(separable) else { throw set.emptiness }
            return found
        }
        if set.hasEmptyBox { throw set.emptiness }
        let uniform = [Double](repeating: 1 / Double(set.domains.count), count: set.domains.count)
        guard function.gradient(uniform) != nil else { return try searchSteps(starts) }
        let program = ConvexProgram(set, function: function)
        let isConvex = function.isConvex && set.limits.allSatisfy { $0.function.isConvex }
        var points = starts.map { set.variables(of: $0) }
        if isConvex { points = Array(points.prefix(1)) }
        if points.count > Self.startCount { points.removeLast(points.count - Self.startCount) }
        if points.isEmpty || (!isConvex && startsInMiddle) { points.append([]) }
        var ends = points.compactMap { solve(program, $0, isConvex) }
        // A search may have started badly; from the middle it seldom does.
        if ends.isEmpty { ends = solve(program, [], isConvex).map { [$0] } ?? [] }
        guard var best = ends.min(by: { $0.value < $1.value }) else { throw set.emptiness }
        if !isConvex { bettered(&best, starts, program) }
        best.alternatives = ends.map { ($0.proportions, $0.value) }
        return best
    }

    /// Never worse than a mixture the search was told of: where laws have edges, Newton steps may
    /// end beside a start that is better.
    private func bettered(
        _ best: inout Found,
        _ starts: [[Double]],
        _ program: ConvexProgram
    ) {
        let allowed = starts.filter { set.violation(of: $0) < 1e-9 }
        let values = allowed.map { function.value($0) }
        guard let first = values.indices.min(by: { values[$0] < values[$1] }),
            values[first] < best.value - 1e-12 * (1 + abs(best.value))
        else { return }
        let search = StepSearch(set: set, function: function, seed: seed)
        let (place, value) = search.descend(from: (allowed[first], values[first]))
        // Steps know no prices; Newton's end beside them does.
        let beside = [best, solve(program, set.variables(of: place), false)].compactMap { $0 }
            .first { $0.proportions.distance(to: place) < Self.sameDistance }
        best = Found(
            proportions: place,
            value: value,
            prices: beside?.prices ?? [],
            residual: beside?.residual,
            isGlobal: false,
            method: .stepSearch
        )
    }

    private func fill(_ utility: SeparableUtility) -> Found? {
        let reduced = set.reduced()
        let found = WaterFilling.optimum(utility, lower: reduced.lower, upper: reduced.upper)
        guard let found else { return nil }
        let gradient = function.gradient(found) ?? []
        guard gradient.count == found.count else { return nil }
        let prices = WaterFilling.prices(
            gradient,
            at: found,
            lower: reduced.lower,
            upper: reduced.upper
        )
        return Found(
            proportions: found,
            value: function.value(found),
            prices: bounds(reduced, prices.lower, prices.upper),
            residual: prices.residual,
            isGlobal: true,
            method: .waterFilling
        )
    }

    private func bounds(
        _ reduced: ReducedRows,
        _ lower: [Double],
        _ upper: [Double]
    ) -> [(cause: ConstraintCause, price: Double)] {
        var prices: [(cause: ConstraintCause, price: Double)] = []
        for index in reduced.lower.indices {
            if let cause = reduced.lowerCause[index], lower[index] > 0 {
                prices.append((cause, lower[index]))
            }
            if let cause = reduced.upperCause[index], upper[index] > 0 {
                prices.append((cause, upper[index]))
            }
        }
        return prices
    }

    private func solve(_ program: ConvexProgram, _ start: [Double], _ isConvex: Bool) -> Found? {
        // Where there are many optima, a search is to find the one it was started beside.
        let first = isConvex || start.isEmpty ? barrier : min(barrier, Self.warm)
        var method = InteriorPoint(program, barrier: first)
        if !isConvex { method.iterationLimit = 60 }
        guard let solution = method.solve(from: start), solution.infeasibility < 1e-6 else {
            return nil
        }
        let mixture = program.proportions(solution.x)
        let value = function.value(mixture)
        guard value.isFinite else { return nil }
        let reduced = set.reduced()
        var prices = bounds(reduced, solution.lowerPrices, solution.upperPrices)
        for (row, price) in zip(program.inequalities, solution.rowPrices) {
            // Half the distance is what the row of a ball limits.
            let isBall = row.cause?.kind == .distance || row.cause?.kind == .trust
            if let cause = row.cause { prices.append((cause, isBall ? price / 2 : price)) }
        }
        for (limit, price) in zip(set.limits, solution.limitPrices) {
            prices.append((limit.cause, price))
        }
        for (row, price) in zip(program.equalities.dropFirst(), solution.equalityPrices.dropFirst())
        {
            if let cause = row.cause { prices.append((cause, abs(price))) }
        }
        let largest = prices.map(\.price).max() ?? 0
        return Found(
            proportions: mixture,
            value: value,
            prices: prices.filter { $0.price > max(1e-9, Self.leastPrice * largest) },
            residual: solution.residual,
            isGlobal: isConvex && solution.residual < 1e-5,
            method: .interiorPoint
        )
    }

    /// The middle of the set; throws what is wrong when there is none.
    func middle() throws(MixtureError) -> [Double] {
        if set.hasEmptyBox { throw set.emptiness }
        let program = ConvexProgram(set, function: nil)
        guard let solution = InteriorPoint(program).solve(from: []), solution.infeasibility < 1e-6
        else { throw set.emptiness }
        return program.proportions(solution.x)
    }

    private func searchSteps(_ starts: [[Double]]) throws(MixtureError) -> Found {
        var inside = try middle()
        if set.violation(of: inside) > 1e-6,
            let start = starts.first(where: { set.violation(of: $0) < 1e-7 })
        {
            inside = start
        }
        let found = StepSearch(set: set, function: function, seed: seed)
            .minimise(inside: inside, starts: starts)
        guard found.value.isFinite, set.violation(of: found.proportions) < 1e-6 else {
            throw set.emptiness
        }
        return Found(
            proportions: found.proportions,
            value: found.value,
            prices: [],
            residual: nil,
            isGlobal: false,
            method: .stepSearch
        )
    }
}
