/// The cuts of every domain's share into bins, at most 256 a domain with at least three runs each,
/// as LightGBM cuts them: halfway between neighbouring values.
struct FeatureBins: Sendable, Codable, Hashable {
    static let binLimit = 255
    static let leastRuns = 3

    /// Rising cuts of each domain: a share is in the bin that counts the cuts below it.
    var cuts: [[Double]]

    init(_ table: FittingTable) {
        cuts = (0..<table.dimension).map { domain in
            let values = (0..<table.count)
                .map { table.shares[$0 * table.dimension + domain] }
                .sorted()
            return Self.cuts(values)
        }
    }

    private static func cuts(_ sorted: [Double]) -> [Double] {
        let least = max(leastRuns, (sorted.count + binLimit - 1) / binLimit)
        var cuts: [Double] = []
        var inBin = 0
        for index in sorted.indices.dropLast() {
            inBin += 1
            let isEdge = sorted[index] < sorted[index + 1]
            guard isEdge, inBin >= least, sorted.count - index - 1 >= leastRuns,
                cuts.count < binLimit
            else { continue }
            cuts.append(sorted[index] + (sorted[index + 1] - sorted[index]) / 2)
            inBin = 0
        }
        return cuts
    }

    func bin(_ share: Double, domain: Int) -> UInt8 {
        let own = cuts[domain]
        var (low, high) = (0, own.count)
        while low < high {
            let middle = (low + high) / 2
            if share > own[middle] { low = middle + 1 } else { high = middle }
        }
        return UInt8(truncatingIfNeeded: low)
    }

    /// Where the bins of each domain begin in a list of all bins, and how many there are.
    var offsets: (first: [Int], count: Int) {
        var first: [Int] = []
        var total = 0
        for own in cuts {
            first.append(total)
            total += own.count + 1
        }
        return (first, total)
    }
}

/// A regression tree with at most 31 leaves, numbered from left to right.
struct RegressionTree: Sendable, Codable, Hashable {
    /// Nodes in the order they were split; a child that is negative is the leaf −1 − child.
    var domains: [Int]
    /// Shares in bins up to this one go left.
    var bins: [Int]
    var left: [Int]
    var right: [Int]
    /// Value of each leaf.
    var values: [Double]

    func leaf(_ row: ArraySlice<UInt8>) -> Int {
        guard !domains.isEmpty else { return 0 }
        var node = 0
        while node >= 0 {
            let bin = Int(row[row.startIndex + domains[node]])
            node = bin <= bins[node] ? left[node] : right[node]
        }
        return -1 - node
    }

    /// Every index points into the tree, children come after their node, and bins exist.
    func isSound(_ bins: FeatureBins) -> Bool {
        let count = domains.count
        guard self.bins.count == count, left.count == count, right.count == count,
            values.count == count + 1, count < 32
        else { return false }
        return domains.indices.allSatisfy { node in
            bins.cuts.indices.contains(domains[node])
                && (0..<256).contains(self.bins[node])
                && [left[node], right[node]].allSatisfy {
                    $0 < 0 ? $0 >= -1 - count : $0 > node && $0 < count
                }
        }
    }
}
