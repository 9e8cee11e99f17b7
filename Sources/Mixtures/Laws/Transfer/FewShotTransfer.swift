import Foundation
package import ScalingLaws

/// A few large runs put the law of many cheap ones on their scale.
package enum FewShotTransfer: MixtureLaw {
    package static let card = LawCard(
        id: "few-shot-transfer",
        title: "Few large runs on the law of many cheap ones",
        family: .dataMixture,
        equation: "L(r) = α + β·L_cheap(r) + f(√r), f ~ GP(Matérn-5/2, one length)",
        citation: "Isoloss; after autoregressive multi-fidelity models (Kennedy and O'Hagan,"
            + " Biometrika 2000)",
        symbols: [
            .init(symbol: "L", name: "loss of the large runs", unit: "unit of the target"),
            .init(symbol: "L_cheap", name: "law of the cheap runs", unit: "unit of the target"),
            .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
        ],
        parameters: [
            .init(symbol: "alpha", name: "level of the line", unit: "unit of the target"),
            .init(symbol: "beta", name: "slope of the line", unit: "1"),
            .init(symbol: "length", name: "of the process on the residuals", unit: "deviations"),
        ],
        answers: ["loss of a mixture at the largest scale", "best mixture there"],
        validity: "For the scale of the largest runs, never beyond it; the process from 16 large"
            + " runs on, and only where it predicts left-out large runs better than the line."
    )
    package static var needsScale: Bool { true }
    package static func minimumRunCount(domains: Int) -> Int { 8 + fewest }

    /// Large runs below which no line can be drawn.
    static let fewest = 3
    /// Large runs from which their residuals say something.
    static let processFrom = 16

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedTransfer?
    ) throws(MixtureError) -> FittedTransfer {
        let (cheap, large) = try split(data)
        let base: AnyMixtureLaw
        if let previous, let law = law(previous.cheap.lawID) {
            base = try AnyMixtureLaw.fit(law, cheap, request, startingFrom: previous.cheap)
        } else {
            base = try cheapLaw(cheap, request)
        }
        return FittedTransfer(
            cheap: base,
            large: large,
            scale: try LargestScale.scale(of: large),
            hasProcess: large.runs.count >= processFrom
        )
    }

    /// The better of effective data and a Gaussian process on cheap runs left out.
    private static func cheapLaw(
        _ cheap: MixtureData,
        _ request: MixtureFitRequest
    ) throws(MixtureError) -> AnyMixtureLaw {
        let closed = try LeftOut.fit(EffectiveData.self, cheap, request)
        guard cheap.runs.count >= 4 * cheap.dimension,
            let process = try? LeftOut.fit(GaussianProcessMixture.self, cheap, request)
        else { return closed.model }
        return process.deviation < closed.deviation ? process.model : closed.model
    }

    private static func law(_ id: String) -> (any MixtureLaw.Type)? {
        let laws: [any MixtureLaw.Type] = [EffectiveData.self, GaussianProcessMixture.self]
        return laws.first { $0.card.id == id }
    }

    /// Runs of the largest scale, and of the smaller scale that has most runs.
    static func split(
        _ data: MixtureData
    ) throws(MixtureError) -> (cheap: MixtureData, large: MixtureData) {
        guard let scale = LargestScale(data, fewestInside: 8, fewestOutside: fewest) else {
            throw .invalid(
                field: "runs",
                reason: "\(card.id) needs at least \(fewest) runs of a large scale and 8 of one"
                    + " smaller one, all with parameter and token counts."
            )
        }
        var groups: [[Double]: [Int]] = [:]
        for index in scale.inside {
            let run = data.runs[index]
            let key = [run.parameterCount, run.tokenCount].map { value in
                (log(max(value ?? 1, 1e-300)) / log(1.2)).rounded()
            }
            groups[key, default: []].append(index)
        }
        let most = groups.values.max { ($0.count, $1[0]) < ($1.count, $0[0]) } ?? []
        guard most.count >= 8 else {
            throw .tooFewRuns(law: card.id + " at one cheap scale", needed: 8, found: most.count)
        }
        return (data.selecting(most), data.selecting(scale.outside))
    }
}

/// α + β·cheap(r), and a process on what that leaves of the large runs.
package struct FittedTransfer: FittedMixtureLaw {
    package var cheap: AnyMixtureLaw
    package var level: Double
    package var slope: Double
    /// Of the large runs; what a prediction is for.
    package var scale: MixtureScale
    var process: ResidualProcess?
    package var notes: [String]

    /// - Parameters:
    ///   - cheap: law of the cheap runs.
    ///   - large: runs of one large scale.
    ///   - hasProcess: whether a process on the residuals is tried.
    package init(
        cheap: AnyMixtureLaw,
        large: MixtureData,
        scale: MixtureScale,
        hasProcess: Bool
    ) {
        self.cheap = cheap
        self.scale = scale
        notes = []
        let own = cheap.losses(at: large.runs.map(\.proportions))
        (level, slope) = Self.line(own, large)
        if slope <= 0 {
            notes.append(
                "The large runs do not follow the cheap ones: the line between them does not rise."
            )
        }
        let residuals = zip(own, large.runs).map { $1.loss - level - slope * $0 }
        process =
            hasProcess
            ? ResidualProcess(large.runs.map(\.proportions), residuals) : nil
        let count = large.runs.count
        notes.append(
            process == nil
                ? "A line on the law of the cheap runs, drawn through \(count) large runs."
                : "A line on the law of the cheap runs and a process on the residuals of \(count)"
                    + " large runs, which predicts left-out ones better than the line."
        )
    }

    /// Weighted least squares; a shift alone where the cheap law says the same of all.
    private static func line(_ own: [Double], _ large: MixtureData) -> (Double, Double) {
        let weights = large.runs.map(\.weight)
        let total = weights.reduce(0, +)
        var (first, second) = (0.0, 0.0)
        for (index, run) in large.runs.enumerated() {
            first += weights[index] / total * own[index]
            second += weights[index] / total * run.loss
        }
        var (square, cross) = (0.0, 0.0)
        for (index, run) in large.runs.enumerated() {
            square += weights[index] * (own[index] - first) * (own[index] - first)
            cross += weights[index] * (own[index] - first) * (run.loss - second)
        }
        let slope = cross / square
        guard slope.isFinite, square > 1e-24 * total * (first * first + 1e-300) else {
            return (second - first, 1)
        }
        return (second - slope * first, slope)
    }

    package func loss(at proportions: [Double]) -> Double {
        level + slope * cheap.loss(at: proportions) + (process?.value(at: proportions) ?? 0)
    }

    /// Runs of a smaller scale are what the cheap law says.
    package func losses(of runs: [MixtureData.Run]) -> [Double] {
        runs.map { isLarge($0) ? loss(at: $0.proportions) : cheap.loss(at: $0.proportions) }
    }

    private func isLarge(_ run: MixtureData.Run) -> Bool {
        let share = LargestScale.margin
        guard let size = run.parameterCount, let tokens = run.tokenCount else { return true }
        return size >= share * scale.parameterCount && tokens >= share * scale.tokenCount
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        guard var sum = cheap.gradient(at: proportions) else { return nil }
        let own = process?.gradient(at: proportions)
        for index in sum.indices { sum[index] = slope * sum[index] + (own?[index] ?? 0) }
        return sum
    }

    package var isConvex: Bool { process == nil && slope >= 0 && cheap.isConvex }
    package var separable: SeparableUtility? {
        process == nil && slope > 0 ? cheap.separable : nil
    }

    package func parameters(domains: [String]) -> [String: Double] {
        var values = ["alpha": level, "beta": slope]
        if let process { values["length"] = process.length }
        return values
    }

    /// Only where its large runs are.
    package func at(_ scale: MixtureScale) -> FittedTransfer? {
        let ratios = [
            scale.parameterCount / self.scale.parameterCount,
            scale.tokenCount / self.scale.tokenCount,
        ]
        return ratios.allSatisfy { abs(log($0)) < 0.05 } ? self : nil
    }
}
