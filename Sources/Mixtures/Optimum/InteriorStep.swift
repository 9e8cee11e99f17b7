import Foundation

extension InteriorState {
    /// Curvature of the Lagrangian over the mixture's variables, from differences of its gradient.
    private func curvature(_ program: ConvexProgram) -> [Double] {
        let shares = program.lift.variableCount
        let size = program.count
        var matrix = [Double](repeating: 0, count: size * size)
        let weights = Array(row.dropFirst(program.inequalities.count))
        guard program.function != nil || !weights.isEmpty else { return matrix }
        // Functions whose curvature counts, with their weights.
        var parts = program.function.map { [($0, scale)] } ?? []
        for (index, limit) in program.limits.enumerated() where weights[index] > 1e-12 {
            parts.append((limit.function, weights[index] * limitScales[index]))
        }
        addKnown(parts, program, &matrix)
        func slope(_ x: [Double]) -> [Double] {
            let mixture = program.proportions(x)
            var sum = [Double](repeating: 0, count: mixture.count)
            for (function, weight) in parts {
                guard let part = function.bentGradient(mixture) else { continue }
                for index in sum.indices { sum[index] += weight * part[index] }
            }
            return program.lift.pullBack(sum)
        }
        let here = slope(x)
        for column in 0..<shares where !isFixed[column] {
            var moved = x
            let step = 1e-5 * (x[column] + 1e-4)
            moved[column] += step
            let there = slope(moved)
            for line in 0..<shares {
                let value = (there[line] - here[line]) / step / 2
                matrix[line * size + column] += value
                matrix[column * size + line] += value
            }
        }
        return matrix
    }

    private func addKnown(
        _ parts: [(any SmoothFunction, Double)],
        _ program: ConvexProgram,
        _ matrix: inout [Double]
    ) {
        let mixture = program.proportions(x)
        for (function, weight) in parts {
            guard let diagonal = function.curvature(mixture) else { continue }
            for (domain, value) in diagonal.enumerated() {
                let index = program.lift.variable[domain]
                let factor = program.lift.factor[domain]
                matrix[index * program.count + index] += weight * value * factor * factor
            }
        }
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
        let pull = slack.indices.map { index in
            -(barrier / slack[index] - row[index] - row[index] / slack[index] * slackGap[index])
        }
        addRows(program, pull, to: &right)
        for index in 0..<size where isFixed[index] { right[index] = 0 }
        guard let factor = DenseFactor(matrix, size: size) else { return nil }
        guard let (moves, prices) = solveEqualities(program, factor, right) else { return nil }
        return completed(program, moves, prices)
    }

    private func addRowCurvature(_ program: ConvexProgram, _ matrix: inout [Double]) {
        let size = program.count
        for (index, line) in program.inequalities.enumerated() {
            let weight = row[index] / slack[index]
            for a in line.indices.indices {
                for b in line.indices.indices {
                    matrix[line.indices[a] * size + line.indices[b]] +=
                        weight * line.coefficients[a] * line.coefficients[b]
                }
            }
        }
        let first = program.inequalities.count
        for (index, slope) in limitSlopes.enumerated() {
            let weight = row[first + index] / slack[first + index]
            for a in 0..<size where slope[a] != 0 {
                for b in 0..<size { matrix[a * size + b] += weight * slope[a] * slope[b] }
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
        guard let small = DenseFactor(schur, size: lines.count) else { return nil }
        let prices = small.solve(gap)
        for (index, column) in columns.enumerated() {
            for place in moves.indices { moves[place] += prices[index] * column[place] }
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
