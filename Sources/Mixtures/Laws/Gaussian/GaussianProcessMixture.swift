import Foundation
import LinearAlgebra
package import ScalingLaws

/// A Gaussian process over roots of the proportions: no form is assumed beyond smoothness, and the
/// law knows where it does not know.
package enum GaussianProcessMixture: MixtureLaw {
    package static let card = LawCard(
        id: "gaussian-process",
        title: "Gaussian process",
        family: .dataMixture,
        equation: "L(r) = linear(√r) + f(√r), f ~ GP(Matérn-5/2, one length per domain)",
        citation: "Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006;"
            + " on mixtures: ADMIRE-BayesOpt",
        symbols: [
            .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
            .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
        ],
        parameters: [
            .init(symbol: "l", name: "length of each domain, in deviations of √r", unit: "1"),
            .init(symbol: "signal", name: "deviation of the bent part", unit: "unit of the target"),
            .init(symbol: "noise", name: "deviation of a run", unit: "unit of the target"),
        ],
        answers: ["loss of a mixture", "how sure the prediction is"],
        validity: "From about 48 runs. One length per domain from 4 runs per domain on, else one"
            + " for all. With few runs its intervals are too narrow."
    )

    package static func minimumRunCount(domains: Int) -> Int { 8 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedGaussianProcess?
    ) throws(MixtureError) -> FittedGaussianProcess {
        let isPerDomain = data.runs.count >= 4 * data.dimension
        return try fit(data, request, .squareRoot, isPerDomain: isPerDomain, previous)
    }

    /// The stack's second process: one length for all on logarithms of the shares.
    static func fitIsotropic(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedGaussianProcess?
    ) throws(MixtureError) -> FittedGaussianProcess {
        try fit(data, request, .logarithm, isPerDomain: false, previous)
    }

    private static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        _ bend: GaussianFeatures.Bend,
        isPerDomain: Bool,
        _ previous: FittedGaussianProcess?
    ) throws(MixtureError) -> FittedGaussianProcess {
        let minimum = minimumRunCount(domains: data.dimension)
        let table = try FittingTable(data, law: card.id, minimum: minimum)
        let features = GaussianFeatures(bend, table)
        let basis = GaussianBasis(table, features)
        var kernel = previous?.basis.dimension == data.dimension ? previous?.kernel : nil
        if kernel == nil {
            var random = SplitMix64(seed: request.seed)
            kernel = try GaussianSearch.kernel(
                basis.evidence,
                isPerDomain: isPerDomain,
                order: Array(0..<table.count).shuffled(using: &random),
                request,
                law: card.id
            )
        }
        do {
            guard let kernel else { throw LinearAlgebraError.notFinite }
            return try FittedGaussianProcess(basis, kernel)
        } catch {
            throw .didNotConverge(law: card.id, starts: 1)
        }
    }
}

/// The runs a process is conditioned on.
struct GaussianBasis: Sendable {
    var features: GaussianFeatures
    /// Row-major, n × d.
    var shares: [Double]
    /// Row-major features, n × d.
    var rows: [Double]
    /// Standardised.
    var losses: [Double]
    var weights: [Double]
    var mean: Double
    var deviation: Double

    init(_ table: FittingTable, _ features: GaussianFeatures) {
        self.features = features
        shares = table.shares
        rows = features.rows(table.shares)
        losses = table.losses
        weights = table.weights
        (mean, deviation) = (table.mean, table.deviation)
    }

    var dimension: Int { features.means.count }
    var count: Int { losses.count }

    var evidence: GaussianEvidence {
        var matrix = Matrix(rows: count, columns: dimension)
        for row in 0..<count {
            for column in 0..<dimension { matrix[row, column] = rows[row * dimension + column] }
        }
        return GaussianEvidence(features: matrix, losses: losses, weights: weights)
    }
}

/// Stored by shares, of which many are zero, and not by features, of which none is short.
extension GaussianBasis: Codable {
    private enum Key: String, CodingKey {
        case features
        case shares
        case losses
        case weights
        case mean
        case deviation
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        features = try fields.decode(GaussianFeatures.self, forKey: .features)
        shares = try fields.decode([Double].self, forKey: .shares)
        losses = try fields.decode([Double].self, forKey: .losses)
        weights = try fields.decode([Double].self, forKey: .weights)
        mean = try fields.decode(Double.self, forKey: .mean)
        deviation = try fields.decode(Double.self, forKey: .deviation)
        let size = features.means.count
        guard size > 0, features.deviations.count == size, !losses.isEmpty,
            shares.count == losses.count * size, weights.count == losses.count
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .shares,
                in: fields,
                debugDescription: "the stored runs have parts of different sizes"
            )
        }
        rows = features.rows(shares)
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(features, forKey: .features)
        try fields.encode(shares, forKey: .shares)
        try fields.encode(losses, forKey: .losses)
        try fields.encode(weights, forKey: .weights)
        try fields.encode(mean, forKey: .mean)
        try fields.encode(deviation, forKey: .deviation)
    }
}
