import Foundation

/// Steps to a target loss against batch, by group of one model size and target, and how the
/// critical batch grows over the groups. Batches are in tokens everywhere.
package struct CriticalBatchFit: FittedLaw, Hashable {
    package var law: String
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var options: FitOptions
    package var dataHash: String
    /// What "critical batch" means: the same data have several, and their exponents differ.
    package var definitions: [Definition]
    package var groups: [Group]
    /// Every definition over model size, tokens and target loss.
    package var powerLaws: [BatchPowerLaw]
    /// Every definition over model size and tokens at once.
    package var jointLaws: [BatchJointLaw]
    /// The hyperbola's own test; nil without a group of four batches.
    package var heldOutBatch: HeldOutBatch?
    package var objective: Double
    package var diagnostics: FitDiagnostics
    package var leftOut: [NonlinearFit.LeftOut]
    package var leftOutCount: Int

    package struct Definition: Sendable, Hashable, Codable {
        package var kind: Kind
        package var title: String
        package var formula: String
        /// Of `overhead` only: how many more steps than in proportion from the anchor.
        package var overheadPercent: Double?
        /// Of `overhead` only: B0, the batch from which steps are taken to fall in proportion.
        package var anchorBatchTokens: Double?

        package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// E_min / S_min.
            case ratio
            /// The batch that takes x % more steps than perfect scaling from B0.
            case overhead
        }
    }

    /// One model size and one target loss.
    package struct Group: Sendable, Hashable, Codable {
        /// nil where the runs do not say.
        package var parameters: Double?
        package var targetLoss: Double
        /// "stepCount", "curve" for steps read off loss curves, or "ends" for steps read between
        /// the ends of runs of different length.
        package var source: String
        package var minimumSteps: Interval
        package var minimumTokens: Interval
        /// By definition `ratio`.
        package var criticalBatchTokens: Interval
        /// By definition `overhead`.
        package var overheadBatchTokens: Interval
        /// Root mean square of the residuals of ln steps, in per cent.
        package var residualPercent: Double
        package var points: [Point]
        /// The fitted line, ready to draw.
        package var curve: [CurvePoint]
        /// (ln S_min, ln B_crit) of resampled refits.
        package var draws: [[Double]]

        package var hyperbola: StepsHyperbola {
            StepsHyperbola(
                minimumSteps: minimumSteps.value,
                criticalBatchTokens: criticalBatchTokens.value
            )
        }

        package func batch(_ kind: Definition.Kind) -> Interval {
            kind == .ratio ? criticalBatchTokens : overheadBatchTokens
        }
    }

    /// One run on the figure.
    package struct Point: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        package var batchTokens: Double
        package var steps: Double
        package var tokens: Double
        package var predictedSteps: Double
        /// 100 × (steps / predicted − 1).
        package var errorPercent: Double
    }

    /// Mean error of the steps at every group's largest batch, predicted from the smaller ones.
    package struct HeldOutBatch: Sendable, Hashable, Codable {
        package var runs: Int
        package var errorPercent: Double
        /// Of the straight line through the last three batches in logarithms.
        package var lineErrorPercent: Double
    }

    package struct CurvePoint: Sendable, Hashable, Codable {
        package var batchTokens: Double
        package var steps: Double
        package var tokens: Double
    }

    package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
        leftOut += runs
        leftOutCount += count
        diagnostics.leftOut += count
    }

    package func powerLaw(
        _ kind: Definition.Kind,
        over input: BatchPowerLaw.Input
    ) -> BatchPowerLaw? {
        powerLaws.first { $0.definition == kind && $0.input == input && $0.refused == nil }
    }

    /// Exponents by the symbols of the card; S_min, E_min and both critical batches by group.
    package var summary: FitSummary {
        var parameters: [String: Interval] = [:]
        for law in powerLaws {
            guard let exponent = law.exponent, let level = law.batchAtPivot else { continue }
            parameters[law.exponentSymbol] = exponent
            if law.input == .parameters { parameters[law.levelSymbol] = level }
        }
        for law in jointLaws {
            let suffix = "_joint" + (law.definition == .overhead ? "_overhead" : "")
            parameters["exponent_N" + suffix] = law.parameterExponent
            parameters["exponent_D" + suffix] = law.tokenExponent
        }
        for group in groups {
            let label = groups.count == 1 ? "" : " " + Self.label(group)
            parameters["S_min" + label] = group.minimumSteps
            parameters["E_min" + label] = group.minimumTokens
            parameters["B_crit" + label] = group.criticalBatchTokens
            parameters["CBS" + label] = group.overheadBatchTokens
        }
        return FitSummary(
            parameters: parameters,
            objective: objective,
            runs: Set(groups.flatMap { $0.points.map(\.runID) }).count,
            diagnostics: diagnostics
        )
    }

    /// "N=8.5e+07 L=3.42"
    static func label(_ group: Group) -> String {
        let size = group.parameters.map { "N=" + BatchText.number($0) + " " } ?? ""
        return size + "L=" + BatchText.number(group.targetLoss)
    }
}

/// A critical batch as a power of one quantity, through the groups of a fit.
package struct BatchPowerLaw: Sendable, Hashable, Codable {
    package var definition: CriticalBatchFit.Definition.Kind
    package var input: Input
    /// The groups' geometric mean of the input, where the level is known best.
    package var pivot: Double?
    package var batchAtPivot: Interval?
    package var exponent: Interval?
    /// The batch at input = 1, as papers print it; it hangs on the exponent.
    package var coefficient: Double?
    package var groups: Int
    /// Scatter of the groups about the law, in per cent.
    package var residualPercent: Double?
    /// Scatter between groups beyond what their runs explain, standard deviation of ln.
    package var scatter: Double?
    /// Error in per cent at the largest group when it is left out, and of its nearest group's
    /// batch.
    package var heldOutErrorPercent: Double?
    package var baselineErrorPercent: Double?
    /// (ln batch at the pivot, exponent) of resampled refits.
    package var draws: [[Double]]
    /// Range of the input that the groups cover.
    package var domain: Bounds?
    /// Why there is no such law; the numbers above are then nil.
    package var refused: String?

    package enum Input: String, Sendable, Hashable, Codable, CaseIterable {
        case parameters
        /// E_min, the fewest tokens that reach the group's target.
        case tokens
        case targetLoss

        var title: String {
            switch self {
            case .parameters: "model size"
            case .tokens: "tokens to the target (E_min)"
            case .targetLoss: "target loss"
            }
        }

        var symbol: String {
            switch self {
            case .parameters: "N"
            case .tokens: "D"
            case .targetLoss: "L"
            }
        }
    }

    /// "exponent_N", "exponent_N_overhead".
    var exponentSymbol: String {
        "exponent_\(input.symbol)" + (definition == .overhead ? "_overhead" : "")
    }

    var levelSymbol: String { definition == .overhead ? "CBS_0" : "B_0" }

    /// The batch at a value of the input, with its interval; nil for a refused law.
    package func batch(at value: Double) -> Interval? {
        guard let pivot, let level = batchAtPivot?.value, let slope = exponent?.value else {
            return nil
        }
        let x = log(value / pivot)
        let best = log(level) + slope * x
        let spread = draws.map { $0[0] + $0[1] * x }
        return DrawInterval.exponential(best, spread)
    }
}
