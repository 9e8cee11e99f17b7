import Foundation

extension InteriorState {
    private static let stiffness = 10.0

    /// Curvature of the Lagrangian over the mixture's variables.
    private func curvature(_ program: ConvexProgram) -> [Double] {
        let size = program.count
        var matrix = [Double](repeating: 0, count: size * size)
        let weights = Array(row.dropFirst(program.inequalities.count))
        let mixture = program.proportions(x)
        func add(_ function: any SmoothFunction, _ weight: Double) {
            guard let own = function.curvature(mixture) else { return }
            program.lift.addCurvature(own, times: weight, to: &matrix, size: size)
        }
        if let function = program.function { add(function, scale) }
        for (index, limit) in program.limits.enumerated() where weights[index] > 1e-12 {
            add(limit.function, weights[index] * limitScales[index])
        }
        return matrix
    }

    /// The Newton step of the barrier problem; nil when the curvature is not finite.
    func newtonStep(_ program: ConvexProgram) -> Step? {
        let size = program.count
        var matrix = curvature(program)
        var right = dual.map { -$0 }
        for index in 0..<size {
            if isFixed[index] {
                right[index] = 0
                matrix[index * size + index] += 1e20
                continue
            }
            let (below, above) = (x[index] - program.lower[index], program.upper[index] - x[index])
            matrix[index * size + index] += low[index] / below + high[index] / above
            right[index] += barrier / below - low[index] - barrier / above + high[index]
        }
        addRowCurvature(program, &matrix)
        // Off the simplex laws mean nothing: what they bend there must not shorten steps on it.
        for line in program.equalities { add(line, Self.stiffness, size, &matrix) }
        let pull = slack.indices.map { index in
            -(barrier / slack[index] - row[index] - row[index] / slack[index] * slackGap[index])
        }
        addRows(program, pull, to: &right)
        for index in 0..<size where isFixed[index] { right[index] = 0 }
        guard let factor = DenseFactor(matrix, size: size, firstShift: 1e-4) else { return nil }
        guard let (moves, prices) = solveEqualities(program, factor, right) else { return nil }
        return completed(program, moves, prices)
    }

    private func addRowCurvature(_ program: ConvexProgram, _ matrix: inout [Double]) {
        let size = program.count
        for (index, line) in program.inequalities.enumerated() {
            add(line, row[index] / slack[index], size, &matrix)
        }
        let first = program.inequalities.count
        for (index, slope) in limitSlopes.enumerated() {
            let weight = row[first + index] / slack[first + index]
            for a in 0..<size where slope[a] != 0 {
                for b in 0..<size { matrix[a * size + b] += weight * slope[a] * slope[b] }
            }
        }
    }

    /// matrix += weight · line · lineᵀ.
    private func add(
        _ line: ReducedRows.Row,
        _ weight: Double,
        _ size: Int,
        _ matrix: inout [Double]
    ) {
        for a in line.indices.indices where !isFixed[line.indices[a]] {
            let (first, part) = (line.indices[a] * size, weight * line.coefficients[a])
            for b in line.indices.indices where !isFixed[line.indices[b]] {
                matrix[first + line.indices[b]] += part * line.coefficients[b]
            }
        }
    }

    private func solveEqualities(
        _ program: ConvexProgram,
        _ factor: DenseFactor,
        _ right: [Double]
    ) -> (moves: [Double], prices: [Double])? {
        let lines = program.equalities
        var moves = factor.solve(right)
        let columns = lines.map { line in
            var unit = [Double](repeating: 0, count: program.count)
            line.add(1, to: &unit)
            for index in unit.indices where isFixed[index] { unit[index] = 0 }
            return factor.solve(unit)
        }
        var schur = [Double](repeating: 0, count: lines.count * lines.count)
        for a in lines.indices {
            for b in lines.indices { schur[a * lines.count + b] = lines[a].dot(columns[b]) }
        }
        let gap = lines.indices.map { -equalityGap[$0] - lines[$0].dot(moves) }
        guard let small = DenseFactor(schur, size: lines.count, firstShift: 1e-12) else {
            return nil
        }
        var prices = small.solve(gap)
        for (index, column) in columns.enumerated() {
            for place in moves.indices { moves[place] += prices[index] * column[place] }
            // Without the part of the price that the added stiffness asks for.
            prices[index] += Self.stiffness * equalityGap[index]
        }
        return (moves, prices)
    }

    private func completed(
        _ program: ConvexProgram,
        _ moves: [Double],
        _ prices: [Double]
    ) -> Step {
        var changes = program.inequalities.map { -$0.dot(moves) }
        for slope in limitSlopes {
            changes.append(-slope.indices.reduce(0) { $0 + slope[$1] * moves[$1] })
        }
        let slackMoves = changes.indices.map { changes[$0] + slackGap[$0] }
        let rowMoves = slack.indices.map { index in
            (barrier - row[index] * slackMoves[index]) / slack[index] - row[index]
        }
        var (lowMoves, highMoves) = (low, high)
        for index in moves.indices {
            guard !isFixed[index] else {
                (lowMoves[index], highMoves[index]) = (0, 0)
                continue
            }
            let (below, above) = (x[index] - program.lower[index], program.upper[index] - x[index])
            lowMoves[index] = (barrier - low[index] * moves[index]) / below - low[index]
            highMoves[index] = (barrier + high[index] * moves[index]) / above - high[index]
        }
        return Step(
            x: moves,
            slack: slackMoves,
            row: rowMoves,
            low: lowMoves,
            high: highMoves,
            equality: prices
        )
    }
}
