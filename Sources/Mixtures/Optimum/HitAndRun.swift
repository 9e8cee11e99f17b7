import Foundation
import ScalingLaws

/// Mixtures spread evenly over a convex set: steps along random directions, each to a random place
/// on the chord (Smith, "Efficient Monte Carlo procedures for generating points uniformly
/// distributed over bounded regions", 1984). Nothing is ever rejected as a whole.
struct HitAndRun {
    private let set: FeasibleSet
    private let reduced: ReducedRows
    private let equalities: [[Double]]
    private var place: [Double]
    private var generator: SplitMix64

    /// - Parameter inside: variables of the set that satisfy everything.
    init(_ set: FeasibleSet, inside: [Double], seed: UInt64) {
        self.set = set
        reduced = set.reduced()
        let program = ConvexProgram(set, function: nil)
        var basis: [[Double]] = []
        for line in program.equalities {
            var vector = [Double](repeating: 0, count: set.variableCount)
            line.add(1, to: &vector)
            for other in basis { vector.subtract(other, vector.product(other)) }
            let norm = vector.product(vector).squareRoot()
            if norm > 1e-9 { basis.append(vector.map { $0 / norm }) }
        }
        equalities = basis
        place = inside
        generator = SplitMix64(seed: seed)
    }

    /// The mixture after some steps.
    mutating func next(steps: Int) -> [Double] {
        for _ in 0..<steps { step() }
        return set.proportions(of: place)
    }

    private mutating func step() {
        var direction = place.map { _ in generator.normal() }
        for index in direction.indices where reduced.upper[index] <= reduced.lower[index] {
            direction[index] = 0
        }
        for other in equalities { direction.subtract(other, direction.product(other)) }
        for index in direction.indices where reduced.upper[index] <= reduced.lower[index] {
            direction[index] = 0
        }
        guard var (low, high) = chord(direction) else { return }
        let needsCheck = !set.balls.isEmpty || !set.limits.isEmpty
        for _ in 0..<40 {
            let length = low + (high - low) * generator.uniform()
            let moved = place.indices.map { place[$0] + length * direction[$0] }
            if !needsCheck || set.violation(of: set.proportions(of: moved)) < 1e-7 {
                place = moved
                return
            }
            if length < 0 { low = length } else { high = length }
        }
    }

    /// How far the direction may be followed, backwards and forwards.
    private func chord(_ direction: [Double]) -> (Double, Double)? {
        var (low, high) = (-Double.infinity, Double.infinity)
        func clip(_ rate: Double, _ room: Double) {
            let room = max(room, 0)
            if rate > 1e-12 { high = min(high, room / rate) }
            if rate < -1e-12 { low = max(low, room / rate) }
        }
        for index in direction.indices {
            clip(direction[index], reduced.upper[index] - place[index])
            clip(-direction[index], place[index] - reduced.lower[index])
        }
        for row in reduced.rows { clip(row.dot(direction), row.limit - row.dot(place)) }
        return low.isFinite && high.isFinite ? (low, high) : nil
    }
}

extension [Double] {
    func product(_ other: [Double]) -> Double {
        var sum = 0.0
        for index in indices { sum += self[index] * other[index] }
        return sum
    }

    mutating func subtract(_ other: [Double], _ weight: Double) {
        for index in indices { self[index] -= weight * other[index] }
    }
}
