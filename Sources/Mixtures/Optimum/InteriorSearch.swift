import Foundation

extension InteriorState {
    /// Moves along the step as far as bounds and the merit allow; false when there is no progress.
    mutating func take(_ step: Step, _ program: ConvexProgram) -> Bool {
        let keep = max(0.99, 1 - barrier)
        var primal = longest(slack, step.slack, keep)
        for index in x.indices where !isFixed[index] {
            let (below, above) = (x[index] - program.lower[index], program.upper[index] - x[index])
            if step.x[index] < 0 { primal = min(primal, -keep * below / step.x[index]) }
            if step.x[index] > 0 { primal = min(primal, keep * above / step.x[index]) }
        }
        let duals = min(
            longest(row, step.row, keep),
            longest(low, step.low, keep),
            longest(high, step.high, keep)
        )
        for index in row.indices { penalty = max(penalty, 1.5 * abs(row[index] + step.row[index])) }
        for index in equality.indices {
            penalty = max(penalty, 1.5 * abs(equality[index] + step.equality[index]))
        }
        guard let length = search(step, program, from: primal) else {
            moveDuals(step, duals)
            return false
        }
        move(step, length, program)
        moveDuals(step, duals)
        for index in equality.indices { equality[index] += length * step.equality[index] }
        keepNearPath(program)
        return true
    }

    private mutating func move(_ step: Step, _ length: Double, _ program: ConvexProgram) {
        for index in x.indices where !isFixed[index] { x[index] += length * step.x[index] }
        let room = room(program, x)
        // A slack below what there is only wastes merit.
        for index in slack.indices {
            slack[index] = max(slack[index] + length * step.slack[index], room[index])
        }
    }

    private mutating func moveDuals(_ step: Step, _ length: Double) {
        for index in row.indices { row[index] += length * step.row[index] }
        for index in low.indices {
            low[index] += length * step.low[index]
            high[index] += length * step.high[index]
        }
    }

    /// Multipliers stay within a factor of the central path, or steps become useless.
    private mutating func keepNearPath(_ program: ConvexProgram) {
        func near(_ multiplier: Double, _ room: Double) -> Double {
            let centre = barrier / room
            return min(max(multiplier, centre * 1e-10), centre * 1e10)
        }
        for index in row.indices { row[index] = near(row[index], slack[index]) }
        for index in x.indices where !isFixed[index] {
            low[index] = near(low[index], x[index] - program.lower[index])
            high[index] = near(high[index], program.upper[index] - x[index])
        }
    }

    private func longest(_ values: [Double], _ moves: [Double], _ keep: Double) -> Double {
        var length = 1.0
        for index in values.indices where moves[index] < 0 {
            length = min(length, -keep * values[index] / moves[index])
        }
        return length
    }

    private func merit(_ program: ConvexProgram, _ x: [Double], _ slack: [Double]) -> Double {
        var sum = objective(program, x)
        for index in x.indices where !isFixed[index] {
            sum -=
                barrier * log((x[index] - program.lower[index]) * (program.upper[index] - x[index]))
        }
        for value in slack { sum -= barrier * log(value) }
        let room = room(program, x)
        for index in slack.indices { sum += penalty * abs(room[index] - slack[index]) }
        for line in program.equalities { sum += penalty * abs(line.dot(x) - line.limit) }
        return sum.isNaN ? .infinity : sum
    }

    private func search(_ step: Step, _ program: ConvexProgram, from first: Double) -> Double? {
        let here = merit(program, x, slack)
        var slope = 0.0
        for index in x.indices where !isFixed[index] {
            let (below, above) = (x[index] - program.lower[index], program.upper[index] - x[index])
            slope += (gradient[index] - barrier / below + barrier / above) * step.x[index]
        }
        for index in slack.indices { slope -= barrier / slack[index] * step.slack[index] }
        slope -= penalty * (slackGap + equalityGap).reduce(0) { $0 + abs($1) }
        var length = first
        for _ in 0..<30 {
            let moved = x.indices.map { isFixed[$0] ? x[$0] : x[$0] + length * step.x[$0] }
            let slacks = slack.indices.map { slack[$0] + length * step.slack[$0] }
            let there = merit(program, moved, slacks)
            // Near the end the gain is below the rounding of the merit.
            if there <= here + 1e-4 * length * min(slope, 0) + 1e-12 * (1 + abs(here)) {
                return length
            }
            length /= 2
        }
        return nil
    }
}
