/// Minimise linear · x + function(proportions(x)) over bounds, rows and limits of smooth functions.
/// The first `lift.variableCount` variables make the mixture; the rest are helpers such as the
/// parts of an L1 distance.
struct ConvexProgram: Sendable {
    struct Limit: Sendable {
        var function: any SmoothFunction
        var limit: Double
        /// A variable that the limit may be overstepped by.
        var slack: Int?
    }

    var lift: FeasibleSet
    var lower: [Double]
    var upper: [Double]
    var linear: [Double]
    var function: (any SmoothFunction)?
    /// coefficients · x = limit.
    var equalities: [ReducedRows.Row] = []
    /// coefficients · x ≤ limit.
    var inequalities: [ReducedRows.Row] = []
    var limits: [Limit] = []

    var count: Int { lower.count }

    /// The program of a set: shares sum to 1, opposite rows are one equality, balls have helpers.
    init(_ set: FeasibleSet, function: (any SmoothFunction)?) {
        let reduced = set.reduced()
        lift = set
        lower = reduced.lower
        upper = reduced.upper
        linear = [Double](repeating: 0, count: set.variableCount)
        self.function = function
        equalities = [
            ReducedRows.Row(
                indices: Array(0..<set.variableCount),
                coefficients: set.members.map { $0.reduce(0) { $0 + set.factor[$1] } },
                limit: 1
            )
        ]
        for row in reduced.rows {
            if let twin = inequalities.firstIndex(where: { $0.isOpposite(of: row) }) {
                equalities.append(row)
                inequalities.remove(at: twin)
            } else {
                inequalities.append(row)
            }
        }
        for ball in set.balls { add(ball) }
        limits = set.limits.map { Limit(function: $0.function, limit: $0.limit) }
    }

    /// Shares and centre both sum to 1, so half the L1 distance is what exceeds the centre.
    private mutating func add(_ ball: FeasibleSet.Ball) {
        let first = count
        for (domain, centre) in ball.centre.enumerated() {
            addVariable(lower: 0, upper: 1.5, price: 0)
            inequalities.append(
                ReducedRows.Row(
                    indices: [lift.variable[domain], first + domain],
                    coefficients: [lift.factor[domain], -1],
                    limit: centre
                )
            )
        }
        inequalities.append(
            ReducedRows.Row(
                indices: Array(first..<(first + ball.centre.count)),
                coefficients: [Double](repeating: 1, count: ball.centre.count),
                // A ball of no width would have no inside.
                limit: max(ball.radius, 1e-7) / 2,
                cause: ball.cause
            )
        )
    }

    @discardableResult
    mutating func addVariable(lower low: Double, upper high: Double, price: Double) -> Int {
        lower.append(low)
        upper.append(high)
        linear.append(price)
        return count - 1
    }

    func proportions(_ x: [Double]) -> [Double] { lift.proportions(of: x) }

    func value(_ x: [Double]) -> Double {
        var sum = 0.0
        for index in x.indices { sum += linear[index] * x[index] }
        return sum + (function?.value(proportions(x)) ?? 0)
    }

    /// Gradient of a function of the mixture over the variables.
    func slope(_ function: any SmoothFunction, _ x: [Double]) -> [Double] {
        var slope = [Double](repeating: 0, count: count)
        guard let gradient = function.gradient(proportions(x)) else {
            return slope.map { _ in .nan }
        }
        let pulled = lift.pullBack(gradient)
        for index in pulled.indices { slope[index] = pulled[index] }
        return slope
    }

    /// Inside the bounds and near the start, with shares that sum to 1.
    ///
    /// - Parameter part: how much of the way to the middle is gone.
    func interior(_ start: [Double], towards part: Double = 0.1) -> [Double] {
        let shares = lift.variableCount
        let low = lower[..<shares].reduce(0, +)
        let room = (0..<shares).reduce(0) { $0 + upper[$1] - lower[$1] }
        let level = room > 0 ? min(0.98, max(0.02, (1 - low) / room)) : 0.5
        return (0..<count).map { index in
            let width = upper[index] - lower[index]
            let centre = lower[index] + (index < shares ? level : 0.25) * width
            let value = index < start.count ? start[index] : centre
            let clipped = min(max(value, lower[index]), upper[index])
            return (1 - part) * clipped + part * centre
        }
    }
}

extension ReducedRows.Row {
    init(indices: [Int], coefficients: [Double], limit: Double) {
        self.init(indices: indices, coefficients: coefficients, limit: limit, cause: nil)
    }

    func isOpposite(of other: Self) -> Bool {
        indices == other.indices && abs(limit + other.limit) < 1e-12
            && zip(coefficients, other.coefficients).allSatisfy { abs($0 + $1) < 1e-12 }
    }

    func dot(_ x: [Double]) -> Double {
        var sum = 0.0
        for place in indices.indices { sum += coefficients[place] * x[indices[place]] }
        return sum
    }

    func add(_ weight: Double, to vector: inout [Double]) {
        for place in indices.indices { vector[indices[place]] += weight * coefficients[place] }
    }
}
