/// Sums the leaves of many trees for many rows without walking a tree.
///
/// After QuickScorer (Lucchese et al., SIGIR 2015): a leaf is a bit, and a comparison that fails
/// clears the bits of the leaves to its left; the lowest bit left is the leaf. Here the comparisons
/// of one domain are summed up beforehand for each of its bins, so a row costs one AND per domain
/// for 32 trees at once.
struct ForestScorer {
    /// Leaves still reachable, of sixteen trees.
    typealias Masks = SIMD16<UInt32>
    static let lanes = 16
    /// Trees in one table, which then stays in the processor's cache.
    static let blockSize = 32

    let bins: FeatureBins
    let trees: [RegressionTree]

    /// Sum over trees for each mixture.
    func sums(_ mixtures: [[Double]]) -> [Double] {
        let size = bins.cuts.count
        let (first, count) = bins.offsets
        var places = [Int32](repeating: 0, count: mixtures.count * size)
        for (row, mixture) in mixtures.enumerated() {
            for domain in 0..<size {
                let place = first[domain] + Int(bins.bin(mixture[domain], domain: domain))
                places[row * size + domain] = Int32(truncatingIfNeeded: 2 * place)
            }
        }
        var sums = [Double](repeating: 0, count: mixtures.count)
        var start = 0
        while start < trees.count {
            let end = min(start + Self.blockSize, trees.count)
            let block = Array(trees[start..<end])
            let table = table(block, first, count)
            add(table, values(block), places, size, &sums)
            start = end
        }
        return sums
    }

    /// 32 leaves for each tree; places without a tree hold zeros.
    private func values(_ block: [RegressionTree]) -> [Double] {
        var values = [Double](repeating: 0, count: Self.blockSize * 32)
        for (lane, tree) in block.enumerated() {
            for (leaf, value) in tree.values.enumerated() { values[lane * 32 + leaf] = value }
        }
        return values
    }

    private func add(
        _ table: [Masks],
        _ values: [Double],
        _ places: [Int32],
        _ size: Int,
        _ sums: inout [Double]
    ) {
        let none = Masks(repeating: 0x8000_0000)
        for row in sums.indices {
            let base = row &* size
            var (low, high) = (Masks(repeating: .max), Masks(repeating: .max))
            for domain in 0..<size {
                let place = Int(places[base &+ domain])
                low &= table[place]
                high &= table[place &+ 1]
            }
            sums[row] += Self.leaves(low | none, values, 0) + Self.leaves(high | none, values, 512)
        }
    }

    /// Sum of the leaves of sixteen trees. Lanes have constant numbers: a variable one would pass
    /// through memory.
    @inline(__always)
    private static func leaves(_ masks: Masks, _ values: [Double], _ first: Int) -> Double {
        leaves(masks.lowHalf.lowHalf, values, first)
            + leaves(masks.lowHalf.highHalf, values, first &+ 128)
            + leaves(masks.highHalf.lowHalf, values, first &+ 256)
            + leaves(masks.highHalf.highHalf, values, first &+ 384)
    }

    @inline(__always)
    private static func leaves(
        _ masks: SIMD4<UInt32>,
        _ values: [Double],
        _ first: Int
    ) -> Double {
        values[first &+ masks[0].trailingZeroBitCount]
            + values[first &+ 32 &+ masks[1].trailingZeroBitCount]
            + values[first &+ 64 &+ masks[2].trailingZeroBitCount]
            + values[first &+ 96 &+ masks[3].trailingZeroBitCount]
    }

    /// For each bin of each domain, the leaves of every tree that its shares can still reach.
    private func table(_ block: [RegressionTree], _ first: [Int], _ count: Int) -> [Masks] {
        var table = [Masks](repeating: Masks(repeating: .max), count: 2 * count)
        for (lane, tree) in block.enumerated() {
            let spans = tree.leftLeaves
            for node in tree.domains.indices {
                let next = tree.bins[node] + 1
                let domain = tree.domains[node]
                guard next <= bins.cuts[domain].count else { continue }
                let place = 2 * (first[domain] + next) + lane / Self.lanes
                table[place][lane % Self.lanes] &= ~spans[node]
            }
        }
        for (domain, own) in bins.cuts.enumerated() where !own.isEmpty {
            let start = 2 * (first[domain] + 1)
            for place in start..<(start + 2 * own.count) { table[place] &= table[place - 2] }
        }
        return table
    }
}

extension RegressionTree {
    /// The leaves to the left of each node, as bits.
    fileprivate var leftLeaves: [UInt32] {
        var whole = [UInt32](repeating: 0, count: domains.count)
        var found = whole
        func mask(_ child: Int) -> UInt32 { child < 0 ? 1 << UInt32(-1 - child) : whole[child] }
        // Children are split after their parent, so they come first from the end.
        for node in domains.indices.reversed() {
            found[node] = mask(left[node])
            whole[node] = found[node] | mask(right[node])
        }
        return found
    }
}
