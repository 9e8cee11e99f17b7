import ScalingLaws

extension MixtureRegion {
    /// Mixtures spread over the region by a walk, all inside.
    ///
    /// - Parameter concentrations: d positive numbers; 1 each is uniform over the region.
    package func sample(_ count: Int, concentrations: [Double], seed: UInt64) -> [[Double]] {
        if isWhole {
            var random = SplitMix64(seed: seed)
            return (0..<count).map { _ in Dirichlet.draw(concentrations, &random) }
        }
        var walk = RegionWalk(self, concentrations: concentrations, seed: seed)
        guard !walk.isStuck else { return [[Double]](repeating: centre, count: count) }
        _ = walk.next(sweeps: 50)
        return (0..<count).map { _ in walk.next(sweeps: 6) }
    }

    /// The whole simplex: no bound and no group.
    var isWhole: Bool {
        groups.isEmpty && low.allSatisfy { $0 == 0 } && high.allSatisfy { $0 == 1 }
    }

    /// Candidates from the middle and the edges: uniform ones, sparse ones, and the corners. In
    /// many dimensions uniform mixtures alone are all near the centre.
    package func pool(_ count: Int, around reference: [Double], seed: UInt64) -> [[Double]] {
        let size = Double(dimension)
        let third = max(1, count / 3)
        let even = [Double](repeating: 1, count: dimension)
        let sparse = [Double](repeating: max(0.1, 2 / size), count: dimension)
        // A share of 0 keeps a small chance, or its domain would never be tried.
        let near = reference.map { max($0, 0.1 / size) * size }
        return corners + sample(third, concentrations: even, seed: seed)
            + sample(third, concentrations: sparse, seed: seed &+ 1)
            + sample(count - 2 * third, concentrations: near, seed: seed &+ 2)
    }

    /// The mixture nearest to the wanted one on the way to another that is inside.
    func pulled(_ wanted: [Double], towards inside: [Double]) -> [Double] {
        guard !contains(wanted) else { return wanted }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if contains(Self.between(wanted, inside, middle)) {
                high = middle
            } else {
                low = middle
            }
        }
        return RegionCorners.exact(Self.between(wanted, inside, high), self.low, self.high)
    }

    static func between(_ a: [Double], _ b: [Double], _ place: Double) -> [Double] {
        zip(a, b).map { (1 - place) * $0 + place * $1 }
    }
}

/// Choices of a few mixtures out of many.
package enum MixtureSelection {
    /// Greedy maximin over √r (Hellinger's distance): each next mixture is the one farthest from
    /// all chosen ones.
    ///
    /// - Parameter taken: mixtures that exist already; they count as chosen.
    package static func spread(
        _ pool: [[Double]],
        count: Int,
        taken: [[Double]]
    ) -> [Int] {
        let roots = pool.map { $0.map { max($0, 0).squareRoot() } }
        var distances = [Double](repeating: .infinity, count: pool.count)
        func take(_ root: [Double]) {
            for index in roots.indices where distances[index] > 0 {
                var sum = 0.0
                let other = roots[index]
                for domain in root.indices {
                    let part = root[domain] - other[domain]
                    sum += part * part
                }
                distances[index] = min(distances[index], sum)
            }
        }
        for mixture in taken { take(mixture.map { max($0, 0).squareRoot() }) }
        var chosen: [Int] = []
        while chosen.count < min(count, pool.count) {
            var best = 0
            for index in distances.indices where distances[index] > distances[best] {
                best = index
            }
            guard distances[best] > 1e-18 else { break }
            chosen.append(best)
            take(roots[best])
            distances[best] = -1
        }
        return chosen
    }
}
