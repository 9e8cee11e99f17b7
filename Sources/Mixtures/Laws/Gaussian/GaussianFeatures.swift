import Foundation

/// Shares as a Gaussian process sees them: bent, so that the first tokens of a domain count most,
/// then standardised by the training runs.
struct GaussianFeatures: Sendable, Codable, Hashable {
    enum Bend: String, Sendable, Codable {
        case squareRoot
        case logarithm
    }

    var bend: Bend
    var means: [Double]
    /// Population deviations; 1 where a domain never varies.
    var deviations: [Double]

    init(_ bend: Bend, _ table: FittingTable) {
        self.bend = bend
        let size = table.dimension
        let runs = Double(table.count)
        means = [Double](repeating: 0, count: size)
        deviations = means
        for (place, share) in table.shares.enumerated() {
            means[place % size] += bend.value(share) / runs
        }
        for (place, share) in table.shares.enumerated() {
            let distance = bend.value(share) - means[place % size]
            deviations[place % size] += distance * distance / runs
        }
        deviations = deviations.map { $0 > 1e-24 ? $0.squareRoot() : 1 }
    }

    func values(_ proportions: ArraySlice<Double>) -> [Double] {
        var found = Array(proportions)
        for index in found.indices {
            found[index] = (bend.value(found[index]) - means[index]) / deviations[index]
        }
        return found
    }

    /// Row-major features of row-major shares.
    func rows(_ shares: [Double]) -> [Double] {
        let size = means.count
        return stride(from: 0, to: shares.count, by: size).flatMap {
            values(shares[$0..<($0 + size)])
        }
    }

    /// ∂feature/∂share; a share of zero is taken as a little more, where the root is vertical.
    func slope(_ share: Double, domain: Int) -> Double {
        bend.slope(share) / deviations[domain]
    }

    /// ∂²feature/∂share².
    func bend(_ share: Double, domain: Int) -> Double {
        bend.bend(share) / deviations[domain]
    }
}

extension GaussianFeatures.Bend {
    func value(_ share: Double) -> Double {
        switch self {
        case .squareRoot: max(share, 0).squareRoot()
        case .logarithm: log(max(share, 0) + 1e-3)
        }
    }

    func slope(_ share: Double) -> Double {
        switch self {
        case .squareRoot: 0.5 / max(share, 1e-6).squareRoot()
        case .logarithm: 1 / (max(share, 0) + 1e-3)
        }
    }

    /// Of `slope`, which is constant where shares are next to nothing.
    func bend(_ share: Double) -> Double {
        switch self {
        case .squareRoot: share > 1e-6 ? -0.25 / (share * share.squareRoot()) : 0
        case .logarithm: share > 0 ? -pow(share + 1e-3, -2) : 0
        }
    }
}
