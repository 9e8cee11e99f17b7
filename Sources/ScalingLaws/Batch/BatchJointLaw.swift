import Foundation

/// A critical batch as powers of model size and tokens at once. Only groups off one line tell the
/// two exponents apart: several targets for a size.
package struct BatchJointLaw: Sendable, Hashable, Codable {
    package var definition: CriticalBatchFit.Definition.Kind
    /// The groups' geometric means.
    package var pivotParameters: Double?
    package var pivotTokens: Double?
    package var batchAtPivot: Interval?
    /// At equal tokens.
    package var parameterExponent: Interval?
    /// At equal size.
    package var tokenExponent: Interval?
    package var groups: Int
    package var residualPercent: Double?
    /// (ln batch at the pivot, exponent of size, exponent of tokens) of resampled refits.
    package var draws: [[Double]]
    /// Why there is no such law; the numbers above are then nil.
    package var refused: String?

    package func batch(parameters: Double, tokens: Double) -> Interval? {
        guard let pivotParameters, let pivotTokens, let level = batchAtPivot?.value,
            let bySize = parameterExponent?.value, let byTokens = tokenExponent?.value
        else { return nil }
        let n = log(parameters / pivotParameters)
        let d = log(tokens / pivotTokens)
        return DrawInterval.exponential(
            log(level) + bySize * n + byTokens * d,
            draws.map { $0[0] + $0[1] * n + $0[2] * d }
        )
    }
}

/// Least squares of ln batch on ln N and ln E_min through the groups.
struct BatchJointLawFitter {
    let groups: [CriticalBatchFit.Group]
    let logBatch: (CriticalBatchFit.Definition.Kind, Double) -> Double

    private static let neededGroups = 5
    /// Size and tokens may not move together more closely than this.
    private static let mostCorrelation = 0.95

    func fit(_ random: inout SplitMix64) -> [BatchJointLaw] {
        let known = groups.filter { $0.parameters != nil }
        let n = known.map { log($0.parameters ?? 1) }
        let d = known.map { log($0.minimumTokens.value) }
        let reason = Self.refusal(n, d)
        var laws: [BatchJointLaw] = []
        for definition in CriticalBatchFit.Definition.Kind.allCases {
            var law = BatchJointLaw(definition: definition, groups: known.count, draws: [])
            law.refused = reason
            if reason == nil { solve(&law, known, n, d, &random) }
            laws.append(law)
        }
        return laws
    }

    private static func refusal(_ n: [Double], _ d: [Double]) -> String? {
        guard n.count >= neededGroups else {
            return "A law over size and tokens together needs \(neededGroups) groups with a model"
                + " size; there are \(n.count)."
        }
        func spread(_ values: [Double]) -> Double { (values.max() ?? 0) - (values.min() ?? 0) }
        guard spread(n) > log(1.3), spread(d) > log(1.3) else {
            return "A law over size and tokens together needs both to span a factor of 1.3."
        }
        let correlation = BatchPowerLawFitter.correlation(n, d)
        guard correlation < mostCorrelation else {
            return "Size and tokens move together over the groups (correlation"
                + " \(BatchText.number(correlation))), so their exponents cannot be told apart:"
                + " add targets at sizes already run."
        }
        return nil
    }

    private func solve(
        _ law: inout BatchJointLaw,
        _ known: [CriticalBatchFit.Group],
        _ n: [Double],
        _ d: [Double],
        _ random: inout SplitMix64
    ) {
        let plane = Plane(n, d)
        let definition = law.definition
        let best = plane.fit(known.map { log($0.batch(definition).value) })
        let drawn = known.map { group in group.draws.map { logBatch(definition, $0[1]) } }
        let freedom = known.count - 3
        let total = best.squares / Double(max(freedom, 1))
        let within = BatchPowerLawFitter.meanVariance(drawn)
        let noise = NoiseDraws(scale: max(total - within, 0).squareRoot(), freedom: freedom)
        law.draws = (0..<(drawn.first?.count ?? 0)).map { draw in
            let scale = noise.nextScale(&random)
            return plane.fit(drawn.map { $0[draw] + scale * random.normal() }).coefficients
        }
        law.pivotParameters = exp(plane.meanN)
        law.pivotTokens = exp(plane.meanD)
        law.batchAtPivot = DrawInterval.exponential(
            best.coefficients[0],
            law.draws.map { $0[0] }
        )
        law.parameterExponent = DrawInterval.plain(best.coefficients[1], law.draws.map { $0[1] })
        law.tokenExponent = DrawInterval.plain(best.coefficients[2], law.draws.map { $0[2] })
        law.residualPercent = 100 * total.squareRoot()
    }

    /// y = level + a·(n − mean) + b·(d − mean); n and d are not collinear.
    private struct Plane {
        let n: [Double]
        let d: [Double]
        let meanN: Double
        let meanD: Double

        init(_ n: [Double], _ d: [Double]) {
            meanN = n.reduce(0, +) / Double(max(n.count, 1))
            meanD = d.reduce(0, +) / Double(max(d.count, 1))
            self.n = n.map { [meanN] in $0 - meanN }
            self.d = d.map { [meanD] in $0 - meanD }
        }

        func fit(_ y: [Double]) -> (coefficients: [Double], squares: Double) {
            let level = y.reduce(0, +) / Double(max(y.count, 1))
            var (nn, nd, dd, ny, dy) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for index in y.indices {
                nn += n[index] * n[index]
                nd += n[index] * d[index]
                dd += d[index] * d[index]
                ny += n[index] * (y[index] - level)
                dy += d[index] * (y[index] - level)
            }
            let determinant = nn * dd - nd * nd
            let a = (ny * dd - dy * nd) / determinant
            let b = (dy * nn - ny * nd) / determinant
            let squares = y.indices.reduce(0) { sum, index in
                let residual = y[index] - level - a * n[index] - b * d[index]
                return sum + residual * residual
            }
            return ([level, a, b], squares)
        }
    }
}
