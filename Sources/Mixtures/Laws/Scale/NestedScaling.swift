import Foundation
package import ScalingLaws

/// The published pipeline of three laws: tokens for each mixture and size, size for each mixture,
/// then the mixture law on what the first two extrapolate (Data Mixing Laws, arXiv 2403.16952,
/// section 4). Kept as a rival.
package enum NestedScaling: MixtureLaw {
    package static let card = LawCard(
        id: "nested-scaling",
        title: "Token law, size law and mixture law in a row",
        family: .dataMixture,
        equation: "L_ms(D) = E_ms + B_ms/D^b; L_m(N) = E_m + A_m/N^a; L(r) = c + exp(Σ_j t_j·r_j)",
        citation: "Data Mixing Laws, arXiv 2403.16952: nested use of scaling laws",
        symbols: JointCards.scaleSymbols + [
            .init(symbol: "m, s", name: "mixture and size of a group of runs", unit: "–")
        ],
        parameters: [
            .init(symbol: "a", name: "exponent of size, one for all mixtures", unit: "1"),
            .init(symbol: "b", name: "exponent of tokens, one for all curves", unit: "1"),
        ],
        answers: ["loss of a mixture at a size and token count"],
        validity:
            "The same mixtures at two sizes or more, each with three token counts or more. Each"
            + " law is fitted to the errors of the one before, so errors compound."
    )
    package static var needsScale: Bool { true }
    package static func minimumRunCount(domains: Int) -> Int { 48 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedNested?
    ) throws(MixtureError) -> FittedNested {
        let rows = try ScaleRows.make(data, law: card.id, minimum: 12)
        let curves = NestedCurve.curves(rows)
        guard Set(curves.map(\.mixture)).count >= FittedNested.fewestMixtures else {
            throw .tooFewRuns(
                law: card.id + " (mixtures with three token counts at one size)",
                needed: FittedNested.fewestMixtures,
                found: Set(curves.map(\.mixture)).count
            )
        }
        let exponent = NestedCurve.sharedExponent(curves.map(\.points))
        return try FittedNested(
            curves: curves.map { $0.fitted(exponent) },
            tokenExponent: exponent,
            scale: try LargestScale.scale(of: data),
            domains: data.domains,
            seed: request.seed
        )
    }
}

/// Losses of one mixture at one size over tokens.
struct NestedCurve: Sendable {
    struct Point: Sendable {
        /// ln of tokens or size, in the units of the card.
        var place: Double
        var loss: Double
    }

    var mixture: [Double]
    /// ln(N / 1e9).
    var size: Double
    var points: [Point]

    /// Groups with three token counts or more, in a fixed order.
    static func curves(_ rows: [ScaleRow]) -> [NestedCurve] {
        var groups: [[Int]: NestedCurve] = [:]
        for row in rows {
            let key = (row.shares + [row.size]).map { Int(($0 * 1e5).rounded()) }
            groups[key, default: NestedCurve(mixture: row.shares, size: row.size, points: [])]
                .points.append(Point(place: row.tokens, loss: exp(row.logLoss)))
        }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
            .filter { Set($0.points.map { Int(($0.place * 1e4).rounded()) }).count > 2 }
    }

    /// Level and factor of exp(−exponent·place) by least squares.
    static func line(
        _ points: [Point],
        _ exponent: Double
    ) -> (level: Double, factor: Double, error: Double) {
        let count = Double(points.count)
        let terms = points.map { exp(-exponent * $0.place) }
        let first = terms.reduce(0, +) / count
        let second = points.reduce(0) { $0 + $1.loss } / count
        var (square, cross) = (0.0, 0.0)
        for (term, point) in zip(terms, points) {
            square += (term - first) * (term - first)
            cross += (term - first) * (point.loss - second)
        }
        let factor = square > 1e-18 ? cross / square : 0
        let level = second - factor * first
        let error = zip(terms, points).reduce(0) {
            let residual = level + factor * $1.0 - $1.1.loss
            return $0 + residual * residual
        }
        return (level, factor, error)
    }

    /// The exponent with the least squared error over all groups.
    static func sharedExponent(_ groups: [[Point]]) -> Double {
        var best = (exponent: 0.3, error: Double.infinity)
        for step in 0...60 {
            let exponent = 0.03 * exp(Double(step) / 60 * log(50.0))
            let error = groups.reduce(0) { $0 + line($1, exponent).error }
            if error < best.error { best = (exponent, error) }
        }
        return best.exponent
    }

    func fitted(_ exponent: Double) -> FittedNested.Curve {
        let found = Self.line(points, exponent)
        return FittedNested.Curve(
            mixture: mixture,
            size: size,
            level: found.level,
            factor: found.factor
        )
    }
}

/// Curves over tokens, and the mixture law at one size and token count.
package struct FittedNested: FittedMixtureLaw {
    struct Curve: Sendable, Codable, Hashable {
        var mixture: [Double]
        /// ln(N / 1e9).
        var size: Double
        var level: Double
        var factor: Double
    }

    static let fewestMixtures = 8
    /// Where two sizes cannot tell the exponent of size.
    static let assumedExponent = 0.3

    var curves: [Curve]
    var tokenExponent: Double
    var sizeExponent: Double
    var scale: MixtureScale
    var domains: [String]
    var seed: UInt64
    var law: FittedExponential
    package var notes: [String]

    init(
        curves: [Curve],
        tokenExponent: Double,
        scale: MixtureScale,
        domains: [String],
        seed: UInt64
    ) throws(MixtureError) {
        self.curves = curves
        self.tokenExponent = tokenExponent
        self.scale = scale
        self.domains = domains
        self.seed = seed
        let place = log(scale.tokenCount / 1e10)
        var groups: [[Int]: (mixture: [Double], points: [NestedCurve.Point])] = [:]
        for curve in curves {
            let key = curve.mixture.map { Int(($0 * 1e5).rounded()) }
            let loss = curve.level + curve.factor * exp(-tokenExponent * place)
            groups[key, default: (curve.mixture, [])].points
                .append(NestedCurve.Point(place: curve.size, loss: loss))
        }
        let ordered = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        let sizes = Set(curves.map { Int(($0.size * 1e4).rounded()) })
        let isAssumed = sizes.count < 3
        let exponent =
            isAssumed
            ? Self.assumedExponent : NestedCurve.sharedExponent(ordered.map { $0.points })
        sizeExponent = exponent
        let target = log(scale.parameterCount / 1e9)
        let runs = ordered.filter { $0.points.count > 1 || sizes.count == 1 }.map { group in
            let line = NestedCurve.line(group.points, exponent)
            return MixtureData.Run(
                id: Self.noID,
                name: "extrapolated",
                proportions: group.mixture,
                loss: line.level + line.factor * exp(-exponent * target)
            )
        }
        law = try ExponentialMixture.fit(
            MixtureData(domains: domains, runs: runs),
            MixtureFitRequest(seed: seed, ridge: RidgeChoice.weakest),
            startingFrom: nil
        )
        notes = [
            "Three laws in a row: the errors of each are the data of the next, and no interval here"
                + " adds them up."
        ]
        if isAssumed {
            notes.append("With fewer than three sizes the exponent of size is assumed to be 0.3.")
        }
    }

    private static let noID = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    package func at(_ scale: MixtureScale) -> FittedNested? {
        try? FittedNested(
            curves: curves,
            tokenExponent: tokenExponent,
            scale: scale,
            domains: domains,
            seed: seed
        )
    }

    package func loss(at proportions: [Double]) -> Double { law.loss(at: proportions) }

    package func losses(of runs: [MixtureData.Run]) -> [Double] {
        var known: [MixtureScale: FittedExponential] = [:]
        return runs.map { run in
            var own = scale
            own.parameterCount = run.parameterCount ?? scale.parameterCount
            own.tokenCount = run.tokenCount ?? scale.tokenCount
            if known[own] == nil { known[own] = own == scale ? law : at(own)?.law }
            return known[own]?.loss(at: run.proportions) ?? .infinity
        }
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        law.gradient(at: proportions)
    }

    package var isConvex: Bool { true }

    package func parameters(domains: [String]) -> [String: Double] {
        var values = law.parameters(domains: domains)
        values["a"] = sizeExponent
        values["b"] = tokenExponent
        return values
    }
}
