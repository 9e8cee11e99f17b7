import Foundation
import Mixtures

/// Laws in closed form whose optima are known.

/// Σ v (c + k exp(−t r)): one falling term per domain.
struct ExponentialSum: FittedMixtureLaw {
    var v: [Double]
    var c: [Double]
    var k: [Double]
    var t: [Double]

    func loss(at proportions: [Double]) -> Double {
        proportions.indices.reduce(0) { sum, j in
            sum + v[j] * (c[j] + k[j] * exp(-t[j] * proportions[j]))
        }
    }

    func gradient(at proportions: [Double]) -> [Double]? {
        proportions.indices.map { j in -v[j] * k[j] * t[j] * exp(-t[j] * proportions[j]) }
    }

    var isConvex: Bool { true }
}

/// E + A (e0 + Σ s (r + ε)^g)^−a.
struct PlantedEffectiveData: FittedMixtureLaw {
    var E = 2.0
    var A = 1.0
    var a = 0.25
    var e0 = 0.1
    var g = 0.6
    var s: [Double]
    var offset = 1e-4
    /// Whether the law tells its form; without it the general method has to find the same.
    var isOpen = true

    func utility(_ proportions: [Double]) -> Double {
        zip(s, proportions).reduce(e0) { $0 + $1.0 * pow($1.1 + offset, g) }
    }

    func loss(at proportions: [Double]) -> Double { E + A * pow(utility(proportions), -a) }

    func gradient(at proportions: [Double]) -> [Double]? {
        let outer = -a * A * pow(utility(proportions), -a - 1)
        return zip(s, proportions).map { outer * $0 * g * pow($1 + offset, g - 1) }
    }

    var separable: SeparableUtility? {
        guard isOpen else { return nil }
        return SeparableUtility(
            scales: s,
            exponents: [Double](repeating: g, count: s.count),
            offset: offset
        )
    }

    var isConvex: Bool { true }
}

/// Σ v B r^−b.
struct PowerSum: FittedMixtureLaw {
    var v: [Double]
    var B: [Double]
    var b: Double

    func loss(at proportions: [Double]) -> Double {
        proportions.indices.reduce(0) { $0 + v[$1] * B[$1] * pow(proportions[$1], -b) }
    }

    func gradient(at proportions: [Double]) -> [Double]? {
        proportions.indices.map { -b * v[$0] * B[$0] * pow(proportions[$0], -b - 1) }
    }

    var isConvex: Bool { true }
}

/// A law with steps: what another law says, rounded.
struct SteppedLaw: FittedMixtureLaw {
    var smooth: PlantedEffectiveData
    var step: Double

    func loss(at proportions: [Double]) -> Double {
        (smooth.loss(at: proportions) / step).rounded() * step
    }
}

/// Two wells: the better one about `deep`.
struct TwoWells: FittedMixtureLaw {
    var deep: [Double]
    var shallow: [Double]

    private func square(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    func loss(at proportions: [Double]) -> Double {
        3 - exp(-20 * square(proportions, deep)) - 0.6 * exp(-20 * square(proportions, shallow))
    }

    func gradient(at proportions: [Double]) -> [Double]? {
        let first = 40 * exp(-20 * square(proportions, deep))
        let second = 24 * exp(-20 * square(proportions, shallow))
        return proportions.indices.map { j in
            first * (proportions[j] - deep[j]) + second * (proportions[j] - shallow[j])
        }
    }
}
