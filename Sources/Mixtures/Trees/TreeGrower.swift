/// Grows one tree after another on the same binned runs, always splitting the leaf that gains most.
struct TreeGrower {
    struct Settings: Sendable {
        var leafLimit = 31
        /// Runs in a leaf, by weight.
        var leastRuns = 20.0
    }

    /// Sums over the runs of one bin: of residuals, and of weights.
    typealias Sums = SIMD2<Double>

    private struct Leaf {
        var first: Int
        var end: Int
        var sums: Sums
        var histogram: [Sums]
        var split: Split?
        /// Where its number is written: a node and whether it is its left child.
        var parent: Int
        var isLeft: Bool
    }

    private struct Split {
        var gain: Double
        var domain: Int
        var bin: Int
        var left: Sums
    }

    let settings: Settings
    private let size: Int
    private let bins: [UInt8]
    private let weights: [Double]
    private let first: [Int]
    private let binCount: Int
    private let widths: [Int]
    private var order: [Int]
    private var spare: [Int]

    init(_ table: FittingTable, _ features: FeatureBins, _ settings: Settings = Settings()) {
        self.settings = settings
        size = table.dimension
        weights = table.weights
        var bins: [UInt8] = []
        bins.reserveCapacity(table.shares.count)
        for (place, share) in table.shares.enumerated() {
            bins.append(features.bin(share, domain: place % table.dimension))
        }
        self.bins = bins
        (first, binCount) = features.offsets
        widths = features.cuts.map { $0.count + 1 }
        order = Array(0..<table.count)
        spare = order
    }

    /// Fits `residuals` and subtracts `rate` times the tree from them.
    mutating func grow(_ residuals: inout [Double], rate: Double) -> RegressionTree {
        for index in order.indices { order[index] = index }
        var root = Leaf(
            first: 0,
            end: order.count,
            sums: .zero,
            histogram: histogram(0..<order.count, residuals),
            split: nil,
            parent: -1,
            isLeft: true
        )
        for index in 0..<widths[0] { root.sums += root.histogram[first[0] + index] }
        root.split = best(root)
        var leaves = [root]
        var tree = RegressionTree(domains: [], bins: [], left: [], right: [], values: [])
        while leaves.count < settings.leafLimit {
            var chosen: (place: Int, split: Split)?
            for (place, leaf) in leaves.enumerated() {
                guard let split = leaf.split, split.gain > chosen?.split.gain ?? 0 else { continue }
                chosen = (place, split)
            }
            guard let chosen else { break }
            split(chosen.place, by: chosen.split, &leaves, &tree, residuals)
        }
        finish(leaves, &tree, &residuals, rate)
        return tree
    }

    private func histogram(_ range: Range<Int>, _ residuals: [Double]) -> [Sums] {
        var sums = [Sums](repeating: .zero, count: binCount)
        for place in range {
            let run = order[place]
            let weight = weights[run]
            let own = Sums(weight * residuals[run], weight)
            let row = run * size
            for domain in 0..<size { sums[first[domain] + Int(bins[row + domain])] += own }
        }
        return sums
    }

    private func best(_ leaf: Leaf) -> Split? {
        guard leaf.sums.y >= 2 * settings.leastRuns - 1e-9 else { return nil }
        let whole = leaf.sums.x * leaf.sums.x / leaf.sums.y
        let least = settings.leastRuns - 1e-9
        var found: Split?
        var gain = 1e-12
        for domain in 0..<size {
            var left = Sums.zero
            let start = first[domain]
            for bin in 0..<(widths[domain] - 1) {
                left += leaf.histogram[start + bin]
                guard left.y >= least else { continue }
                let right = leaf.sums - left
                guard right.y >= least else { break }
                let value = left.x * left.x / left.y + right.x * right.x / right.y - whole
                if value > gain {
                    gain = value
                    found = Split(gain: value, domain: domain, bin: bin, left: left)
                }
            }
        }
        return found
    }

    private mutating func split(
        _ place: Int,
        by split: Split,
        _ leaves: inout [Leaf],
        _ tree: inout RegressionTree,
        _ residuals: [Double]
    ) {
        let parent = leaves[place]
        let node = tree.domains.count
        tree.domains.append(split.domain)
        tree.bins.append(split.bin)
        tree.left.append(0)
        tree.right.append(0)
        if parent.parent >= 0 {
            if parent.isLeft {
                tree.left[parent.parent] = node
            } else {
                tree.right[parent.parent] = node
            }
        }
        let middle = partition(parent.first, parent.end, split)
        var left = parent
        left.end = middle
        left.sums = split.left
        (left.parent, left.isLeft, left.split) = (node, true, nil)
        var right = parent
        right.first = middle
        right.sums = parent.sums - split.left
        (right.parent, right.isLeft, right.split) = (node, false, nil)
        let limit = 2 * settings.leastRuns - 1e-9
        if left.sums.y >= limit || right.sums.y >= limit {
            let isLeftSmaller = middle - parent.first <= parent.end - middle
            let small = isLeftSmaller ? parent.first..<middle : middle..<parent.end
            let part = histogram(small, residuals)
            var rest = parent.histogram
            for index in rest.indices { rest[index] -= part[index] }
            left.histogram = isLeftSmaller ? part : rest
            right.histogram = isLeftSmaller ? rest : part
            left.split = best(left)
            right.split = best(right)
        }
        leaves[place] = left
        // Beside its sibling, so that leaves stay in the order of their numbers.
        leaves.insert(right, at: place + 1)
    }

    private mutating func partition(_ start: Int, _ end: Int, _ split: Split) -> Int {
        var (write, kept) = (start, 0)
        for place in start..<end {
            let run = order[place]
            if Int(bins[run * size + split.domain]) <= split.bin {
                order[write] = run
                write += 1
            } else {
                spare[kept] = run
                kept += 1
            }
        }
        for index in 0..<kept { order[write + index] = spare[index] }
        return write
    }

    private func finish(
        _ leaves: [Leaf],
        _ tree: inout RegressionTree,
        _ residuals: inout [Double],
        _ rate: Double
    ) {
        for (number, leaf) in leaves.enumerated() {
            let value = rate * leaf.sums.x / max(leaf.sums.y, 1e-12)
            tree.values.append(value)
            for place in leaf.first..<leaf.end { residuals[order[place]] -= value }
            guard leaf.parent >= 0 else { continue }
            if leaf.isLeft {
                tree.left[leaf.parent] = -1 - number
            } else {
                tree.right[leaf.parent] = -1 - number
            }
        }
    }
}
