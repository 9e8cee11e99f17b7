import Foundation

/// A function of a mixture with what a search needs of it. Proportions are d values in the order of
/// the domains; the function is defined for all that are not negative.
protocol SmoothFunction: Sendable {
    func value(_ proportions: [Double]) -> Double
    /// nil where the function has steps, as trees do.
    func gradient(_ proportions: [Double]) -> [Double]?
    /// Second derivatives, d × d by rows.
    func curvature(_ proportions: [Double]) -> [Double]?
    var isConvex: Bool { get }
}

/// Σ r ln(r / reference), nats; a domain that the reference lacks counts nothing, since the sets
/// that use it hold that domain at 0.
struct Divergence: SmoothFunction {
    var reference: [Double]

    func value(_ proportions: [Double]) -> Double {
        zip(proportions, reference).reduce(0) { sum, pair in
            pair.0 > 0 && pair.1 > 0 ? sum + pair.0 * log(pair.0 / pair.1) : sum
        }
    }

    func gradient(_ proportions: [Double]) -> [Double]? {
        zip(proportions, reference).map { value, reference in
            reference > 0 ? log(max(value, 1e-300) / reference) + 1 : 0
        }
    }

    func curvature(_ proportions: [Double]) -> [Double]? {
        let size = proportions.count
        var matrix = [Double](repeating: 0, count: size * size)
        for index in 0..<size where reference[index] > 0 {
            matrix[index * size + index] = 1 / max(proportions[index], 1e-300)
        }
        return matrix
    }

    var isConvex: Bool { true }
}

/// What repeated tokens are worth: D = U + U·R*·(1 − exp(−(D/U − 1)/R*)) for D > U, with
/// R* = 15.387756 (Muennighoff et al., arXiv 2305.16264, equation 5), as shares of the target run.
struct RepetitionDiscount: Sendable {
    static let decay = 15.387756
    /// Unique tokens of each domain over the tokens of the target run; infinite where unknown.
    var uniqueShare: [Double]

    struct Worth {
        var value: Double
        var slope = 1.0
        var bend = 0.0
    }

    /// Share that counts, and its derivatives.
    func effective(_ share: Double, _ domain: Int) -> Worth {
        let unique = uniqueShare[domain]
        guard share > unique else { return Worth(value: share) }
        guard unique > 0 else { return Worth(value: 0, slope: 0) }
        let fade = exp(-(share / unique - 1) / Self.decay)
        return Worth(
            value: unique + unique * Self.decay * (1 - fade),
            slope: fade,
            bend: -fade / (unique * Self.decay)
        )
    }
}

/// Σ weight · loss of the target, the losses at what tokens are worth, plus a pull to a reference.
struct MixtureObjective: SmoothFunction {
    struct Term: Sendable {
        var weight: Double
        var law: any FittedMixtureLaw
    }

    var terms: [Term]
    var discount: RepetitionDiscount?
    var pull: (weight: Double, divergence: Divergence)?

    /// Without the pull: in the unit of the targets.
    func loss(_ proportions: [Double]) -> Double {
        let worth = effective(proportions)
        return terms.reduce(0) { $0 + $1.weight * $1.law.loss(at: worth) }
    }

    func value(_ proportions: [Double]) -> Double {
        loss(proportions) + (pull.map { $0.weight * $0.divergence.value(proportions) } ?? 0)
    }

    func gradient(_ proportions: [Double]) -> [Double]? {
        guard var sum = lossGradient(effective(proportions)) else { return nil }
        if let discount {
            for index in sum.indices {
                sum[index] *= discount.effective(proportions[index], index).slope
            }
        }
        if let pull, let slope = pull.divergence.gradient(proportions) {
            for index in sum.indices { sum[index] += pull.weight * slope[index] }
        }
        return sum
    }

    /// By what the shares are worth.
    private func lossGradient(_ worth: [Double]) -> [Double]? {
        var sum = [Double](repeating: 0, count: worth.count)
        for term in terms where term.weight != 0 {
            guard let gradient = term.law.gradient(at: worth) else { return nil }
            for index in sum.indices { sum[index] += term.weight * gradient[index] }
        }
        return sum
    }

    func curvature(_ proportions: [Double]) -> [Double]? {
        let worth = effective(proportions)
        let size = proportions.count
        var sum = [Double](repeating: 0, count: size * size)
        for term in terms where term.weight != 0 {
            guard let own = term.law.curvature(at: worth) else { return nil }
            Curvature.add(own, times: term.weight, to: &sum)
        }
        if let discount, let slopes = lossGradient(worth) {
            let rates = proportions.indices.map { discount.effective(proportions[$0], $0) }
            for row in 0..<size {
                for column in 0..<size {
                    sum[row * size + column] *= rates[row].slope * rates[column].slope
                }
                sum[row * size + row] += slopes[row] * rates[row].bend
            }
        }
        if let pull, let own = pull.divergence.curvature(proportions) {
            Curvature.add(own, times: pull.weight, to: &sum)
        }
        return sum
    }

    /// Discounted shares are concave in the shares, so a falling convex law stays convex.
    var isConvex: Bool {
        let falls = discount == nil || terms.allSatisfy { $0.law.separable != nil }
        return falls && terms.allSatisfy { $0.weight == 0 || ($0.law.isConvex && $0.weight > 0) }
    }

    /// The form whose optimum in a box is exact.
    var separable: SeparableUtility? {
        guard discount == nil, pull == nil else { return nil }
        let used = terms.filter { $0.weight != 0 }
        guard used.count == 1, used[0].weight > 0, let form = used[0].law.separable else {
            return nil
        }
        let isUsable =
            form.offset >= 0 && form.scales.allSatisfy { $0 >= 0 && $0.isFinite }
            && form.exponents.allSatisfy { $0 > 0 && $0 < 1 }
        return isUsable ? form : nil
    }

    private func effective(_ proportions: [Double]) -> [Double] {
        guard let discount else { return proportions }
        return proportions.indices.map { discount.effective(proportions[$0], $0).value }
    }
}
