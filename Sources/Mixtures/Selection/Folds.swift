import ScalingLaws

/// Runs dealt into parts at random but always the same way for one seed.
package struct Folds: Sendable {
    package let parts: Int
    /// The part of each run.
    package let assignment: [Int]

    /// - Parameters:
    ///   - parts: at most one per run is used.
    package init(count: Int, parts: Int, seed: UInt64) {
        let used = max(1, min(parts, count))
        var random = SplitMix64(seed: seed ^ 0xF01D)
        var order = Array(0..<count)
        order.shuffle(using: &random)
        var places = [Int](repeating: 0, count: count)
        for (place, run) in order.enumerated() { places[run] = place % used }
        self.parts = used
        assignment = places
    }

    /// Runs to fit on, and runs to predict.
    package func split(_ part: Int) -> (inside: [Int], outside: [Int]) {
        let indices = assignment.indices
        return (
            indices.filter { assignment[$0] != part }, indices.filter { assignment[$0] == part }
        )
    }
}
