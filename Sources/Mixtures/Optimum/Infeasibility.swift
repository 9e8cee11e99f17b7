/// Finds the smallest set of constraints that no mixture satisfies together: the least total
/// overstepping first, then one constraint after the other left out for as long as the rest still
/// conflicts.
struct Infeasibility {
    var set: FeasibleSet
    /// Overstepping below it is rounding.
    static let tolerance = 1e-6

    /// One constraint that can be left out.
    private enum Member {
        case row(FeasibleSet.NamedRow)
        case ball(FeasibleSet.Ball)
        case limit(FeasibleSet.NamedLimit)

        var cause: ConstraintCause {
            switch self {
            case .row(let row): row.cause
            case .ball(let ball): ball.cause
            case .limit(let limit): limit.cause
            }
        }
    }

    /// nil when some mixture satisfies all.
    func explain() -> MixtureError? {
        for row in set.reduced().impossible {
            guard let cause = row.cause else { continue }
            return .infeasible(constraints: [cause.text], excess: -row.limit)
        }
        let linear = set.rows.map { Member.row($0) } + set.balls.map { Member.ball($0) }
        if let found = conflict(linear) { return found }
        guard !set.limits.isEmpty else { return nil }
        return conflict(linear + set.limits.map { Member.limit($0) })
    }

    private func conflict(_ members: [Member]) -> MixtureError? {
        guard !members.isEmpty, let whole = relaxed(members) else { return nil }
        guard whole.excess > Self.tolerance else { return nil }
        var kept = members.indices.filter { whole.prices[$0] > 1e-6 }.map { members[$0] }
        if !(excess(kept) > Self.tolerance) { kept = members }
        for candidate in kept.indices.reversed() {
            var fewer = kept
            fewer.remove(at: candidate)
            if excess(fewer) > Self.tolerance { kept = fewer }
        }
        let total = relaxed(kept)?.excess ?? whole.excess
        // Nine digits are what the search is good for.
        return .infeasible(
            constraints: kept.map(\.cause.text),
            excess: (total * 1e9).rounded() / 1e9
        )
    }

    private func excess(_ members: [Member]) -> Double {
        members.isEmpty ? 0 : relaxed(members)?.excess ?? 0
    }

    /// Least sum of oversteppings of these constraints, and how much each weighs in it.
    private func relaxed(_ members: [Member]) -> (excess: Double, prices: [Double])? {
        var bare = set
        bare.rows = []
        bare.balls = []
        bare.limits = []
        for member in members {
            if case .ball(let ball) = member { bare.balls.append(ball) }
        }
        var program = ConvexProgram(bare, function: nil)
        // Rows of balls come first in the program, in the order of the members.
        var ballRows = program.inequalities.indices.filter {
            program.inequalities[$0].cause != nil
        }
        var places: [(isLimit: Bool, index: Int)] = []
        for member in members {
            switch member {
            case .row(let row):
                let variable = program.addVariable(lower: 0, upper: 3, price: 1)
                places.append((false, program.inequalities.count))
                program.inequalities.append(reduced(row, slack: variable))
            case .ball:
                let variable = program.addVariable(lower: 0, upper: 3, price: 1)
                let index = ballRows.removeFirst()
                places.append((false, index))
                program.inequalities[index].indices.append(variable)
                program.inequalities[index].coefficients.append(-0.5)
            case .limit(let limit):
                // Units of a target have no natural size; what the middle oversteps has.
                let over = limit.function.value(program.proportions(program.interior([])))
                let room = 2 + 20 * max(0, over - limit.limit)
                let variable = program.addVariable(lower: 0, upper: room, price: 1)
                places.append((true, program.limits.count))
                program.limits.append(
                    .init(function: limit.function, limit: limit.limit, slack: variable)
                )
            }
        }
        guard let found = InteriorPoint(program).solve(from: []) else { return nil }
        let first = bare.variableCount
        let excess = (first..<program.count).reduce(0) { $0 + program.linear[$1] * found.x[$1] }
        let prices = places.map {
            $0.isLimit ? found.limitPrices[$0.index] : found.rowPrices[$0.index]
        }
        return (excess, prices)
    }

    private func reduced(_ row: FeasibleSet.NamedRow, slack: Int) -> ReducedRows.Row {
        var coefficients: [Int: Double] = [:]
        for (domain, value) in row.coefficients {
            coefficients[set.variable[domain], default: 0] += value * set.factor[domain]
        }
        let indices = coefficients.keys.sorted()
        return ReducedRows.Row(
            indices: indices + [slack],
            coefficients: indices.map { coefficients[$0] ?? 0 } + [-1],
            limit: row.limit,
            cause: row.cause
        )
    }
}
