import Foundation
import ScalingLaws

/// Least value of a function with steps, such as trees have: the best of many mixtures of the set,
/// bettered by moving tokens between pairs of domains in ever smaller parts.
struct StepSearch {
    var set: FeasibleSet
    var function: any SmoothFunction
    var seed: UInt64
    static let sampleCount = 2_000
    static let parts = [0.16, 0.08, 0.04, 0.02, 0.01, 0.005]

    /// - Parameter inside: a mixture of the set, away from its edges where possible.
    func minimise(inside: [Double], starts: [[Double]]) -> (proportions: [Double], value: Double) {
        var walk = HitAndRun(set, inside: set.variables(of: inside), seed: seed)
        var pool = [inside] + starts.filter { set.violation(of: $0) < 1e-7 }
        for _ in 0..<Self.sampleCount { pool.append(walk.next(steps: 4)) }
        let ranked = pool.map { ($0, finite(function.value($0))) }.sorted { $0.1 < $1.1 }
        var best = ranked[0]
        for start in ranked.prefix(6) {
            let found = descend(from: start)
            if found.1 < best.1 { best = found }
        }
        return (best.0, best.1)
    }

    private func finite(_ value: Double) -> Double { value.isFinite ? value : .infinity }

    /// By moving tokens between pairs of domains in ever smaller parts; never worse.
    func descend(from start: ([Double], Double)) -> ([Double], Double) {
        var (place, value) = start
        let members = set.members
        for part in Self.parts {
            var isBetter = true
            var rounds = 0
            while isBetter, rounds < 20 {
                isBetter = false
                rounds += 1
                for giver in members.indices {
                    for taker in members.indices where giver != taker {
                        guard let moved = moving(part, giver, taker, place) else { break }
                        guard set.violation(of: moved) < 1e-7 else { continue }
                        let there = finite(function.value(moved))
                        guard there < value else { continue }
                        (place, value, isBetter) = (moved, there, true)
                    }
                }
            }
        }
        return (place, value)
    }

    /// nil when the giver has nothing left.
    private func moving(
        _ part: Double,
        _ giver: Int,
        _ taker: Int,
        _ place: [Double]
    ) -> [Double]? {
        var variables = set.variables(of: place)
        let amount = min(part, variables[giver])
        guard amount > 1e-12 else { return nil }
        variables[giver] -= amount
        variables[taker] += amount
        return set.proportions(of: variables)
    }
}
