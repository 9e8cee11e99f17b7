/// Greatest value of a linear function on {x ≥ 0, rows · x ≤ limits, Σ x = total}, by the two-phase
/// simplex method on a dense tableau with Bland's rule, which cannot cycle. For tens of variables.
struct LinearProgram: Sendable {
    struct Row: Sendable {
        /// By index of the variable.
        var coefficients: [Int: Double]
        var limit: Double
    }

    var count: Int
    var total: Double
    var rows: [Row]

    static let tolerance = 1e-10

    /// For each objective a vertex with most Σ objective · x, exact to rounding; nil when nothing
    /// satisfies the rows. Each search goes on from the vertex of the one before.
    func maximise(_ objectives: [[Double]]) -> [[Double]]? {
        var tableau = Tableau(self)
        guard tableau.findFeasible() <= 1e-9 else { return nil }
        return objectives.map { objective in
            tableau.maximise(objective)
            return tableau.solution(count)
        }
    }
}

/// Rows of equations with a basic variable each: the variables, one slack per row, one artificial
/// variable per equation that starts without a slack of the right sign.
private struct Tableau {
    let variableCount: Int
    let slackCount: Int
    /// Each row has all coefficients and the right-hand side last.
    var rows: [[Double]]
    var basis: [Int]
    var objective: [Double] = []

    init(_ program: LinearProgram) {
        variableCount = program.count
        slackCount = program.rows.count
        let width = program.count + program.rows.count
        let artificial = program.rows.filter { $0.limit < 0 }.count + 1
        rows = []
        basis = []
        var next = width
        for (index, row) in program.rows.enumerated() {
            var line = [Double](repeating: 0, count: width + artificial + 1)
            let sign = row.limit < 0 ? -1.0 : 1
            for (variable, value) in row.coefficients { line[variable] = sign * value }
            line[program.count + index] = sign
            line[width + artificial] = sign * row.limit
            if sign > 0 {
                basis.append(program.count + index)
            } else {
                line[next] = 1
                basis.append(next)
                next += 1
            }
            rows.append(line)
        }
        var line = [Double](repeating: 0, count: width + artificial + 1)
        for variable in 0..<program.count { line[variable] = 1 }
        line[next] = 1
        line[width + artificial] = program.total
        rows.append(line)
        basis.append(next)
    }

    private var firstArtificial: Int { variableCount + slackCount }

    /// Drives the artificial variables to 0; what is left of them is the excess.
    mutating func findFeasible() -> Double {
        let width = (rows.first?.count ?? 1) - 1
        var goal = [Double](repeating: 0, count: width + 1)
        for (row, variable) in basis.enumerated() where variable >= firstArtificial {
            for column in 0...width { goal[column] += rows[row][column] }
        }
        for column in firstArtificial..<width { goal[column] = 0 }
        objective = goal
        run(allowed: width)
        let excess = max(0, objective[width])
        removeArtificial()
        return excess
    }

    mutating func maximise(_ values: [Double]) {
        let width = (rows.first?.count ?? 1) - 1
        objective = [Double](repeating: 0, count: width + 1)
        for (variable, value) in values.enumerated() { objective[variable] = value }
        for (row, variable) in basis.enumerated() {
            let weight = objective[variable]
            guard weight != 0 else { continue }
            for column in 0...width { objective[column] -= weight * rows[row][column] }
        }
        run(allowed: firstArtificial)
    }

    /// Artificial variables at 0 leave the basis where any other can take their place.
    private mutating func removeArtificial() {
        for row in basis.indices where basis[row] >= firstArtificial {
            let column = (0..<firstArtificial).first {
                abs(rows[row][$0]) > LinearProgram.tolerance && !basis.contains($0)
            }
            if let column { pivot(row, column) }
        }
    }

    private mutating func run(allowed: Int) {
        let width = (rows.first?.count ?? 1) - 1
        // Bland's rule ends; the limit guards against roundings on hostile rows.
        for _ in 0..<50 * (width + 1) {
            let entering = (0..<allowed).first { objective[$0] > LinearProgram.tolerance }
            guard let entering else { return }
            var leaving: Int?
            var least = Double.infinity
            for row in rows.indices where rows[row][entering] > LinearProgram.tolerance {
                let ratio = rows[row][width] / rows[row][entering]
                let isTie = abs(ratio - least) <= 1e-14
                if ratio < least - 1e-14 || isTie && basis[row] < basis[leaving ?? row] {
                    (least, leaving) = (min(ratio, least), row)
                }
            }
            guard let leaving else { return }
            pivot(leaving, entering)
        }
    }

    private mutating func pivot(_ row: Int, _ column: Int) {
        let scale = 1 / rows[row][column]
        for index in rows[row].indices { rows[row][index] *= scale }
        rows[row][column] = 1
        let line = rows[row]
        for other in rows.indices where other != row {
            let weight = rows[other][column]
            guard weight != 0 else { continue }
            for index in line.indices { rows[other][index] -= weight * line[index] }
            rows[other][column] = 0
        }
        let weight = objective[column]
        if weight != 0 {
            for index in line.indices { objective[index] -= weight * line[index] }
            objective[column] = 0
        }
        basis[row] = column
    }

    func solution(_ count: Int) -> [Double] {
        var values = [Double](repeating: 0, count: count)
        for (row, variable) in basis.enumerated() where variable < count {
            values[variable] = max(0, rows[row].last ?? 0)
        }
        return values
    }
}
