import Foundation

/// All that an answer about size, tokens and compute is made of, whatever the law.
struct AllocationBasis {
    var card: LawCard
    var convention: ComputeConvention
    var best: LossPlane
    /// One per resampled refit; empty when the fit has none.
    var draws: [LossPlane]
    /// Published constants of the law's own form.
    var presets: [(id: String, title: String, citation: String, plane: LossPlane)]
    /// Names of what the planes' `extras` hold.
    var alsoAdvised: [AlsoAdvised]
    var runs: [Run]
    /// What is known against the fit.
    var warnings: [String]

    struct Run: Sendable {
        var name: String
        var logSize: Double
        var logTokens: Double
        var loss: Double
    }

    var sizes: ClosedRange<Double>? { Self.range(runs.map(\.logSize)) }
    var tokens: ClosedRange<Double>? { Self.range(runs.map(\.logTokens)) }
    var computes: ClosedRange<Double>? {
        Self.range(runs.map { convention.logCompute(logSize: $0.logSize, logTokens: $0.logTokens) })
    }

    private static func range(_ values: [Double]) -> ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max(), low.isFinite, high.isFinite else {
            return nil
        }
        return low...high
    }
}

extension AllocationBasis {
    /// Beyond this factor of compute outside the runs no answer is given.
    static let refusedFactor = 1e4
    /// Beyond this one an answer carries a warning.
    static let warnedFactor = 10.0

    /// In ln units beyond the runs, 0 inside.
    static func distance(_ value: Double, _ range: ClosedRange<Double>?) -> Double {
        guard let range else { return .infinity }
        return max(range.lowerBound - value, value - range.upperBound, 0)
    }

    func reach(_ point: LossPlane.Point) -> Advice.Reach {
        let compute = convention.logCompute(logSize: point.logSize, logTokens: point.logTokens)
        let distance = [
            "parameters": Self.distance(point.logSize, sizes),
            "tokens": Self.distance(point.logTokens, tokens),
            "compute": Self.distance(compute, computes),
        ]
        let isInside = distance.values.allSatisfy { $0 == 0 }
        let factor = Texts.short(exp(distance["compute"] ?? 0))
        let note =
            isInside
            ? "Inside the sizes, tokens and compute of the runs."
            : distance["compute"] == 0
                ? "Inside the compute of the runs, at sizes or tokens that none of them has."
                : "The answer lies at \(factor) times the compute of the nearest runs."
        return Advice.Reach(inside: isInside, distance: distance, note: note)
    }

    /// Refuses a point that lies too far from the runs or where the law has no optimum.
    func check(_ point: LossPlane.Point, _ task: AllocationTask) throws(RecommendError) {
        let compute = convention.logCompute(logSize: point.logSize, logTokens: point.logTokens)
        guard Self.distance(compute, computes) <= log(Self.refusedFactor) else {
            throw .refused(
                field: task.field.rawValue,
                reason: "The answer needs \(Texts.short(exp(compute))) FLOPs; the runs have"
                    + " \(Texts.short(exp(computes?.lowerBound ?? .nan))) to"
                    + " \(Texts.short(exp(computes?.upperBound ?? .nan))). Beyond"
                    + " \(Texts.short(Self.refusedFactor)) times that the law is not evaluated: add"
                    + " runs nearer to the question."
            )
        }
        guard !task.isChosen || LossPlane.isInside(point) else {
            throw .refused(
                field: task.field.rawValue,
                reason: "The law puts the optimum at fewer than 1e-3 or more than 1e6 tokens a"
                    + " parameter here, so the runs do not determine it. Add runs that differ more"
                    + " in tokens per parameter."
            )
        }
    }
}

/// Numbers as sentences print them.
enum Texts {
    /// Three significant digits; plain below 1e5 and above 1e-3, else with an exponent.
    static func short(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "an unbounded value" }
        let size = abs(value)
        if size >= 1e5 || size < 1e-3 { return String(format: "%.2e", value) }
        let digits = max(0, 2 - Int(log10(size).rounded(.down)))
        return String(format: "%.\(digits)f", value)
    }
}
