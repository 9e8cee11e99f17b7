/// The mixtures that satisfy some constraints, over the variables that are free: one per domain or
/// frozen group.
struct FeasibleSet: Sendable {
    /// Σ coefficients · proportions ≤ limit, over domains.
    struct NamedRow: Sendable {
        var coefficients: [Int: Double]
        var limit: Double
        var cause: ConstraintCause
    }

    /// function(proportions) ≤ limit.
    struct NamedLimit: Sendable {
        var function: any SmoothFunction
        var limit: Double
        var cause: ConstraintCause
    }

    /// The L1 ball about a mixture.
    struct Ball: Sendable {
        var centre: [Double]
        var radius: Double
        var cause: ConstraintCause
    }

    var domains: [String]
    /// Variable of each domain, and how much of that variable the domain gets.
    var variable: [Int]
    var factor: [Double]
    var variableCount: Int
    var rows: [NamedRow] = []
    var limits: [NamedLimit] = []
    var balls: [Ball] = []

    init(domains: [String]) {
        self.domains = domains
        variable = Array(domains.indices)
        factor = [Double](repeating: 1, count: domains.count)
        variableCount = domains.count
    }

    /// Nothing but bounds of single domains: the separable optimum is then exact.
    var isBox: Bool {
        limits.isEmpty && balls.isEmpty && variableCount == domains.count
            && rows.allSatisfy { $0.coefficients.count == 1 }
    }

    /// Domains of each variable.
    var members: [[Int]] {
        var members = [[Int]](repeating: [], count: variableCount)
        for (domain, variable) in variable.enumerated() { members[variable].append(domain) }
        return members
    }

    func proportions(of variables: [Double]) -> [Double] {
        domains.indices.map { factor[$0] * variables[variable[$0]] }
    }

    /// Nearest variables of a mixture: frozen shares are summed.
    func variables(of proportions: [Double]) -> [Double] {
        var values = [Double](repeating: 0, count: variableCount)
        for (domain, value) in proportions.enumerated() { values[variable[domain]] += value }
        return values
    }

    /// ∂/∂variables from ∂/∂proportions.
    func pullBack(_ gradient: [Double]) -> [Double] {
        var values = [Double](repeating: 0, count: variableCount)
        for domain in domains.indices {
            values[variable[domain]] += factor[domain] * gradient[domain]
        }
        return values
    }

    /// matrix += weight · the second derivatives by variables, from those by proportions.
    ///
    /// - Parameter size: rows of the matrix, whose first are the variables.
    func addCurvature(
        _ curvature: [Double],
        times weight: Double,
        to matrix: inout [Double],
        size: Int
    ) {
        let count = domains.count
        for row in 0..<count {
            let first = variable[row] * size
            let own = weight * factor[row]
            for column in 0..<count {
                matrix[first + variable[column]] +=
                    own * factor[column] * curvature[row * count + column]
            }
        }
    }

    /// Bounds of the variables and rows over several of them, each with its cause.
    func reduced() -> ReducedRows {
        var reduced = ReducedRows(count: variableCount)
        for row in rows {
            var coefficients: [Int: Double] = [:]
            for (domain, value) in row.coefficients where factor[domain] != 0 {
                coefficients[variable[domain], default: 0] += value * factor[domain]
            }
            coefficients = coefficients.filter { $0.value != 0 }
            reduced.add(coefficients, row.limit, row.cause)
        }
        return reduced
    }

    /// Whether bounds of single variables alone leave no mixture; told without a search.
    var hasEmptyBox: Bool {
        let reduced = reduced()
        let weights = members.map { $0.reduce(0) { $0 + factor[$1] } }
        let least = zip(reduced.lower, weights).reduce(0) { $0 + $1.0 * $1.1 }
        let most = zip(reduced.upper, weights).reduce(0) { $0 + $1.0 * $1.1 }
        return !reduced.impossible.isEmpty || least > 1 + 1e-9 || most < 1 - 1e-9
            || reduced.lower.indices.contains { reduced.lower[$0] > reduced.upper[$0] + 1e-12 }
    }

    /// Why nothing satisfies the set.
    var emptiness: MixtureError {
        Infeasibility(set: self).explain()
            ?? .didNotConverge(
                law: "The search for the best mixture",
                starts: MixtureSearch.startCount
            )
    }

    /// Least overstepping of any constraint at a mixture; 0 where it is allowed.
    func violation(of proportions: [Double]) -> Double {
        var worst = abs(proportions.reduce(0, +) - 1)
        for row in rows {
            let value = row.coefficients.reduce(0) { $0 + $1.value * proportions[$1.key] }
            worst = max(worst, value - row.limit)
        }
        let sums = variables(of: proportions)
        for domain in domains.indices {
            worst = max(worst, -proportions[domain])
            worst = max(worst, abs(proportions[domain] - factor[domain] * sums[variable[domain]]))
        }
        for ball in balls {
            worst = max(worst, proportions.distance(to: ball.centre) - ball.radius)
        }
        for limit in limits {
            let value = limit.function.value(proportions)
            worst = max(worst, value.isFinite ? value - limit.limit : .infinity)
        }
        return worst
    }
}

/// Linear constraints over the variables.
struct ReducedRows: Sendable {
    struct Row: Sendable {
        var indices: [Int]
        var coefficients: [Double]
        var limit: Double
        var cause: ConstraintCause?
    }

    var lower: [Double]
    var upper: [Double]
    var lowerCause: [ConstraintCause?]
    var upperCause: [ConstraintCause?]
    var rows: [Row] = []
    /// A row without variables that cannot hold, such as a minimum of a group whose shares are 0.
    var impossible: [Row] = []

    init(count: Int) {
        lower = [Double](repeating: 0, count: count)
        upper = [Double](repeating: 1, count: count)
        lowerCause = [ConstraintCause?](repeating: nil, count: count)
        upperCause = lowerCause
    }

    mutating func add(_ coefficients: [Int: Double], _ limit: Double, _ cause: ConstraintCause) {
        let indices = coefficients.keys.sorted()
        let row = Row(
            indices: indices,
            coefficients: indices.map { coefficients[$0] ?? 0 },
            limit: limit,
            cause: cause
        )
        guard let first = indices.first else {
            if limit < 0 { impossible.append(row) }
            return
        }
        guard indices.count == 1 else { return rows.append(row) }
        let bound = limit / row.coefficients[0]
        if row.coefficients[0] > 0, bound < upper[first] {
            upper[first] = bound
            upperCause[first] = cause
        } else if row.coefficients[0] < 0, bound > lower[first] {
            lower[first] = bound
            lowerCause[first] = cause
        }
    }
}

extension [Double] {
    /// Σ |a − b|.
    package func distance(to other: [Double]) -> Double {
        zip(self, other).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
}
