import Foundation
import LinearAlgebra
package import ScalingLaws

/// Loss as a linear function of the proportions, by least squares with a small ridge: RegMix's
/// linear baseline (arXiv 2407.01492, section 3.2). It cannot bend, so it is the rival that every
/// other law has to beat.
package enum RidgeMixture: MixtureLaw {
    package static let card = LawCard(
        id: "linear-mixture",
        title: "Linear regression on proportions",
        family: .dataMixture,
        equation: "L(r) = b0 + Σ_j b_j r_j",
        citation: "RegMix, arXiv 2407.01492: linear regression baseline",
        symbols: [
            .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
            .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
        ],
        parameters: [
            .init(symbol: "b0", name: "mean loss", unit: "unit of the target"),
            .init(symbol: "b", name: "slope of each domain", unit: "unit of the target"),
        ],
        answers: ["loss of a mixture"],
        validity: "A baseline: its optimum is always a corner of what the constraints allow."
    )

    package static func minimumRunCount(domains: Int) -> Int { 4 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedRidge?
    ) throws(MixtureError) -> FittedRidge {
        let needed = minimumRunCount(domains: data.dimension)
        guard data.runs.count >= needed else {
            throw .tooFewRuns(law: card.id, needed: needed, found: data.runs.count)
        }
        let size = data.dimension
        let weight = data.runs.reduce(0) { $0 + $1.weight }
        let mean = data.runs.reduce(0) { $0 + $1.weight * $1.loss } / weight
        var means = [Double](repeating: 0, count: size)
        for run in data.runs {
            for index in 0..<size { means[index] += run.weight * run.proportions[index] / weight }
        }
        var gram = Matrix(rows: size, columns: size)
        var moment = [Double](repeating: 0, count: size)
        for run in data.runs {
            for row in 0..<size {
                let deviation = run.weight * (run.proportions[row] - means[row])
                moment[row] += deviation * (run.loss - mean)
                for column in 0..<size {
                    gram[row, column] += deviation * (run.proportions[column] - means[column])
                }
            }
        }
        // Proportions sum to 1, so the moments are singular without a ridge.
        for index in 0..<size { gram[index, index] += request.ridge ?? 1e-3 }
        do {
            let slopes = try gram.choleskySolve(moment)
            let level = mean - zip(slopes, means).reduce(0) { $0 + $1.0 * $1.1 }
            return FittedRidge(level: level, slopes: slopes)
        } catch {
            throw .didNotConverge(law: card.id, starts: 1)
        }
    }
}

package struct FittedRidge: FittedMixtureLaw, Hashable {
    /// Unit of the target.
    var level: Double
    /// Unit of the target per unit proportion, d values.
    var slopes: [Double]

    package func loss(at proportions: [Double]) -> Double {
        level + zip(slopes, proportions).reduce(0) { $0 + $1.0 * $1.1 }
    }

    package func gradient(at proportions: [Double]) -> [Double]? { slopes }
    package var isConvex: Bool { true }

    package func parameters(domains: [String]) -> [String: Double] {
        var values = ["b0": level]
        for (domain, slope) in zip(domains, slopes) { values["b[\(domain)]"] = slope }
        return values
    }
}
