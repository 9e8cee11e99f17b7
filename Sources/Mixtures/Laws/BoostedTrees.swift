import Foundation
package import ScalingLaws

/// RegMix's regressor: gradient-boosted regression trees with its notebook's settings.
package enum BoostedTrees: MixtureLaw {
    package static let card = LawCard(
        id: "boosted-trees",
        title: "Gradient-boosted trees",
        family: .dataMixture,
        equation: "L(r) = mean + 0.01·Σ_k tree_k(r), 1000 trees of at most 31 leaves",
        citation: "RegMix, arXiv 2407.01492; LightGBM (Ke et al., 2017)",
        symbols: [
            .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
            .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
        ],
        parameters: [.init(symbol: "trees", name: "number of trees", unit: "1")],
        answers: ["loss of a mixture"],
        validity: "From about 200 runs; below 40 it cannot split at all. It hardly"
            + " ever predicts a loss outside of those seen."
    )

    static let treeCount = 1_000
    static let rate = 0.01

    package static func minimumRunCount(domains: Int) -> Int { 40 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedBoostedTrees?
    ) throws(MixtureError) -> FittedBoostedTrees {
        let minimum = minimumRunCount(domains: data.dimension)
        let table = try FittingTable(data, law: card.id, minimum: minimum)
        let bins = FeatureBins(table)
        var grower = TreeGrower(table, bins)
        var residuals = table.losses
        var trees: [RegressionTree] = []
        for round in 0..<treeCount {
            if round % 100 == 0 { try request.checkCancelled() }
            trees.append(grower.grow(&residuals, rate: rate))
        }
        return FittedBoostedTrees(
            mean: table.mean,
            deviation: table.deviation,
            bins: bins,
            trees: trees
        )
    }
}

package struct FittedBoostedTrees: FittedMixtureLaw, Hashable {
    /// Unit of the target.
    var mean: Double
    /// Unit of the target; leaves are in it.
    var deviation: Double
    var bins: FeatureBins
    var trees: [RegressionTree]

    package func loss(at proportions: [Double]) -> Double {
        let row = bins.cuts.indices.map { bins.bin(proportions[$0], domain: $0) }
        let sum = trees.reduce(0) { $0 + $1.values[$1.leaf(row[...])] }
        return mean + deviation * sum
    }

    package func losses(at mixtures: [[Double]]) -> [Double] {
        // Below that, building the tables costs more than walking the trees.
        guard mixtures.count > 64 else { return mixtures.map { loss(at: $0) } }
        return ForestScorer(bins: bins, trees: trees).sums(mixtures).map { mean + deviation * $0 }
    }

    package func parameters(domains: [String]) -> [String: Double] {
        ["trees": Double(trees.count)]
    }

    package var notes: [String] {
        trees.allSatisfy(\.domains.isEmpty)
            ? ["No split leaves 20 runs on both sides, so the prediction is the mean loss."] : []
    }
}

extension FittedBoostedTrees {
    private enum Key: String, CodingKey {
        case mean
        case deviation
        case bins
        case trees
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        mean = try fields.decode(Double.self, forKey: .mean)
        deviation = try fields.decode(Double.self, forKey: .deviation)
        bins = try fields.decode(FeatureBins.self, forKey: .bins)
        trees = try fields.decode([RegressionTree].self, forKey: .trees)
        let own = bins
        guard trees.allSatisfy({ $0.isSound(own) }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .trees,
                in: fields,
                debugDescription: "a stored tree points outside of itself"
            )
        }
    }
}
