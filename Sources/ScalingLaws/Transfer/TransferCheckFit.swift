import Foundation

/// Whether the best learning rate stays where it is when a model is widened, from sweeps of the
/// learning rate at several widths.
package struct TransferCheckFit: FittedLaw, Hashable {
    package var law: String
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var dataHash: String
    package var widths: [Width]
    /// d ln LR* / d ln width: 0 when the rate transfers, about -1 in the standard parameterisation.
    package var slope: Interval
    /// log2 of LR* at the widest over LR* at the narrowest model, by the slope.
    package var driftOctaves: Interval
    package var verdict: Verdict
    /// ln loss about its optimum: curvature·u² + skew·u³ with u = ln LR − ln LR*.
    package var curvature: Double
    package var skew: Double
    package var objective: Double
    package var diagnostics: FitDiagnostics
    package var leftOut: [NonlinearFit.LeftOut]
    package var leftOutCount: Int

    package enum Verdict: String, Sendable, Hashable, Codable {
        /// The interval of the drift holds 0 and is at most an octave wide.
        case transfers
        /// The interval of the drift does not hold 0.
        case drifts
        case undecided
    }

    package struct Width: Sendable, Hashable, Codable {
        package var modelWidth: Double
        /// Runs that did not blow up.
        package var runs: Int
        package var diverged: Int
        package var testedRates: Bounds
        /// nil when the best run is at an end of its sweep or too few rates are left.
        package var optimum: Interval?
        package var reason: String?
        package var leastLossNats: Double
    }

    package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
        leftOut += runs
        leftOutCount += count
        diagnostics.leftOut += count
    }

    package var summary: FitSummary {
        FitSummary(
            parameters: ["slope": slope, "drift": driftOctaves],
            objective: objective,
            runs: widths.reduce(0) { $0 + $1.runs },
            diagnostics: diagnostics
        )
    }
}
