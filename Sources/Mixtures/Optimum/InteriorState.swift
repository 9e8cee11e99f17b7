import Foundation

/// Where an interior point search stands. Inequalities h(x) ≥ 0 have a slack s and a multiplier z;
/// bounds have their own multipliers.
struct InteriorState {
    struct Step {
        var x: [Double]
        var slack: [Double]
        var row: [Double]
        var low: [Double]
        var high: [Double]
        var equality: [Double]
    }

    var x: [Double]
    var slack: [Double]
    var row: [Double]
    var low: [Double]
    var high: [Double]
    var equality: [Double]
    var barrier: Double
    /// Variables whose bounds leave no room.
    let isFixed: [Bool]
    /// 1 / spread of the gradient of the objective and of each limit.
    let scale: Double
    let limitScales: [Double]
    /// Weight of infeasibility in the merit.
    var penalty = 1.0

    // Of the last measurement.
    var gradient: [Double] = []
    var limitSlopes: [[Double]] = []
    var dual: [Double] = []
    var equalityGap: [Double] = []
    var slackGap: [Double] = []

    init?(_ program: ConvexProgram, _ start: [Double], _ barrier: Double) {
        var x = program.interior(start, towards: min(0.1, 10 * barrier))
        isFixed = x.indices.map { program.upper[$0] - program.lower[$0] < 1e-12 }
        for index in x.indices where isFixed[index] { x[index] = program.lower[index] }
        self.x = x
        self.barrier = barrier
        let shares = program.lift.variableCount
        // A start may be stationary, and so may the middle; a slanted mixture seldom is as well.
        let steps = Double(shares * (shares + 1)) / 2
        let slanted = program.interior((1...max(shares, 1)).map { Double($0) / steps })
        let probes = [program.interior([]), slanted]
        func scale(_ function: any SmoothFunction) -> Double {
            let here = Self.spread(program.slope(function, x), shares)
            return probes.reduce(1 / max(here, 1e-10)) { least, probe in
                let there = Self.spread(program.slope(function, probe), shares)
                return there.isFinite ? min(least, 1 / max(there, 1e-10)) : least
            }
        }
        self.scale = program.function.map(scale) ?? 1
        limitScales = program.limits.map { scale($0.function) }
        guard self.scale.isFinite, limitScales.allSatisfy(\.isFinite) else { return nil }
        slack = []
        row = []
        equality = [Double](repeating: 0, count: program.equalities.count)
        low = x.indices.map { barrier / max(x[$0] - program.lower[$0], 1e-300) }
        high = x.indices.map { barrier / max(program.upper[$0] - x[$0], 1e-300) }
        for index in x.indices where isFixed[index] { (low[index], high[index]) = (0, 0) }
        let room = self.room(program, x)
        guard room.allSatisfy(\.isFinite) else { return nil }
        slack = room.map { max($0, 1e-2) }
        row = slack.map { barrier / $0 }
    }

    private static func spread(_ slope: [Double], _ shares: Int) -> Double {
        let part = slope[..<shares]
        let mean = part.reduce(0, +) / Double(max(shares, 1))
        return part.reduce(0) { max($0, abs($1 - mean)) } + 0 * mean
    }

    /// h(x) of rows, then of limits.
    func room(_ program: ConvexProgram, _ x: [Double]) -> [Double] {
        let mixture = program.proportions(x)
        var room = program.inequalities.map { $0.limit - $0.dot(x) }
        for (index, limit) in program.limits.enumerated() {
            let extra = limit.slack.map { x[$0] } ?? 0
            let value = limit.limit + extra - limit.function.value(mixture)
            room.append(limitScales[index] * value)
        }
        return room
    }

    func objective(_ program: ConvexProgram, _ x: [Double]) -> Double {
        scale * program.value(x)
    }

    /// Gradients and errors at x.
    mutating func measure(_ program: ConvexProgram) {
        gradient = program.linear.map { scale * $0 }
        if let function = program.function {
            let slope = program.slope(function, x)
            for index in gradient.indices { gradient[index] += scale * slope[index] }
        }
        limitSlopes = program.limits.enumerated().map { index, limit in
            var slope = program.slope(limit.function, x).map { limitScales[index] * $0 }
            if let variable = limit.slack { slope[variable] -= limitScales[index] }
            return slope
        }
        dual = gradient
        for (index, line) in program.equalities.enumerated() {
            line.add(-equality[index], to: &dual)
        }
        addRows(program, row, to: &dual)
        for index in dual.indices { dual[index] += high[index] - low[index] }
        for index in dual.indices where isFixed[index] { dual[index] = 0 }
        equalityGap = program.equalities.map { $0.dot(x) - $0.limit }
        let room = room(program, x)
        slackGap = room.indices.map { room[$0] - slack[$0] }
    }

    /// Σ weight · ∇(−h) of rows and limits.
    func addRows(_ program: ConvexProgram, _ weights: [Double], to vector: inout [Double]) {
        for (index, line) in program.inequalities.enumerated() {
            line.add(weights[index], to: &vector)
        }
        let first = program.inequalities.count
        for (index, slope) in limitSlopes.enumerated() {
            let weight = weights[first + index]
            for place in vector.indices { vector[place] += weight * slope[place] }
        }
    }

    /// Largest error of the optimality conditions of the problem with this barrier.
    func error(barrier: Double, _ program: ConvexProgram) -> Double {
        var worst = 0.0
        for value in dual { worst = max(worst, abs(value)) }
        for value in equalityGap { worst = max(worst, abs(value)) }
        for index in slack.indices {
            worst = max(worst, abs(slackGap[index]), abs(slack[index] * row[index] - barrier))
        }
        for index in x.indices where !isFixed[index] {
            worst = max(
                worst,
                abs((x[index] - program.lower[index]) * low[index] - barrier),
                abs((program.upper[index] - x[index]) * high[index] - barrier)
            )
        }
        return worst.isFinite ? worst : .infinity
    }
}
