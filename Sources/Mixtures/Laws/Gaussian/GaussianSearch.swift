import Foundation
import LinearAlgebra
import ScalingLaws

/// The kernel with the highest posterior density: ln lengths ~ N(1.5, 1.5), a weak prior on the
/// signal, noise between e^−14 and e.
struct GaussianSearch: Sendable {
    let evidence: GaussianEvidence
    /// One length per domain, or one for all.
    let isPerDomain: Bool

    private var lengthCount: Int { isPerDomain ? evidence.features.columns : 1 }
    static let noiseRange = -14.0...1.0

    func kernel(_ parameters: [Double]) -> GaussianKernel {
        let count = lengthCount
        let found = parameters[..<count].map { exp($0) }
        let columns = evidence.features.columns
        return GaussianKernel(
            lengths: isPerDomain ? found : [Double](repeating: found[0], count: columns),
            signal: exp(parameters[count]),
            noise: exp(parameters[count + 1])
        )
    }

    /// Per run, so that tolerances mean the same for few and many.
    func objective(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
        let count = lengthCount
        let isSane = parameters.allSatisfy { abs($0) < 25 }
        guard isSane, let found = evidence.negativeLogLikelihood(kernel(parameters)) else {
            for index in gradient.indices { gradient[index] = 0 }
            return .infinity
        }
        var value = found.value
        let lengths = found.gradient.dropLast(2)
        if isPerDomain {
            for index in 0..<count { gradient[index] = lengths[index] }
        } else {
            gradient[0] = lengths.reduce(0, +)
        }
        gradient[count] = found.gradient[lengths.count]
        gradient[count + 1] = found.gradient[lengths.count + 1]
        for index in 0..<count {
            let distance = (parameters[index] - 1.5) / 1.5
            value += distance * distance / 2
            gradient[index] += distance / 1.5
        }
        value += parameters[count] * parameters[count] / 18
        gradient[count] += parameters[count] / 9
        let noise = parameters[count + 1]
        let range = Self.noiseRange
        let excess = noise - min(max(noise, range.lowerBound), range.upperBound)
        value += 10 * excess * excess
        gradient[count + 1] += 20 * excess
        let scale = 1 / Double(evidence.losses.count)
        for index in gradient.indices { gradient[index] *= scale }
        return value * scale
    }

    func search(from start: [Double], evaluations: Int) -> Minimiser.Minimum {
        Minimiser(evaluationLimit: evaluations, tolerance: 3e-6)
            .minimise(from: start, evaluate: objective)
    }

    func start(noise: Double) -> [Double] {
        [Double](repeating: 1.5, count: lengthCount) + [0, noise]
    }
}

extension GaussianSearch {
    /// Runs beyond this many only polish what a part of them has found: a step costs n³.
    static let scoutLimit = 200

    /// - Parameter order: a seeded order of the runs, from which the part is taken.
    static func kernel(
        _ evidence: GaussianEvidence,
        isPerDomain: Bool,
        order: [Int],
        _ request: MixtureFitRequest,
        law: String
    ) throws(MixtureError) -> GaussianKernel {
        let whole = GaussianSearch(evidence: evidence, isPerDomain: isPerDomain)
        let isLarge = order.count > scoutLimit
        let part =
            isLarge
            ? GaussianSearch(
                evidence: evidence.selecting(Array(order.prefix(scoutLimit))),
                isPerDomain: isPerDomain
            ) : whole
        var best: Minimiser.Minimum?
        for noise in order.count > 100 ? [-4.0] : [-2.5, -6] {
            try request.checkCancelled()
            let found = part.search(from: part.start(noise: noise), evaluations: 60)
            if found.value < best?.value ?? .infinity { best = found }
        }
        guard var best else { throw .didNotConverge(law: law, starts: 2) }
        if isLarge {
            try request.checkCancelled()
            let polished = whole.search(from: best.point, evaluations: 14)
            if polished.value.isFinite { best = polished }
        }
        return whole.kernel(best.point)
    }
}

extension GaussianEvidence {
    func selecting(_ indices: [Int]) -> GaussianEvidence {
        var part = Matrix(rows: indices.count, columns: features.columns)
        for (row, index) in indices.enumerated() {
            for column in 0..<features.columns { part[row, column] = features[index, column] }
        }
        return GaussianEvidence(
            features: part,
            losses: indices.map { losses[$0] },
            weights: indices.map { weights[$0] }
        )
    }
}
