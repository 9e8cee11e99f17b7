import Foundation
import Runs

/// IsoFLOP profiles, the optimum of each budget, and their power law in compute.
package struct IsoFLOPFit: FittedLaw, Hashable {
    package var law: String
    package var parameterConvention: String
    package var lossName: String
    package var seed: UInt64
    package var dataHash: String
    package var convention: ComputeConvention
    /// In rising order of compute, the ones without a usable minimum among them.
    package var profiles: [Profile]
    package var best: Frontier
    /// Refits of runs drawn with replacement within each budget.
    package var draws: [Frontier]
    /// What the frontier of the smaller budgets says of the largest, in per cent of N.
    package var heldOutSizePercent: Double?
    /// Variable projection of all runs of the profiles.
    package var projected: Projected?
    package var leftOut: [NonlinearFit.LeftOut]
    package var leftOutCount: Int

    /// Runs of one budget and the parabola of their loss over ln N.
    package struct Profile: Sendable, Hashable, Codable {
        package var budgetFLOPs: Double
        package var points: [Point]
        /// Vertex of the parabola; nil when it has no minimum among the runs.
        package var optimum: Optimum?
        package var refused: String?
    }

    package struct Point: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        package var parameterCount: Double
        package var tokenCount: Double
        package var lossNats: Double
    }

    package struct Optimum: Sendable, Hashable, Codable {
        /// With the 90 % interval of resampled runs.
        package var parameterCount: Interval
        package var tokenCount: Double
        package var lossNats: Double
        /// Second derivative of the loss by ln N, nats: how sharp the optimum is.
        package var curvature: Double
    }

    /// ln N* = level + exponent · (ln C − pivot); L* = floor + rise · e^(−decay·(ln C − pivot)).
    package struct Frontier: Sendable, Hashable, Codable {
        package var pivot: Double
        package var level: Double
        package var exponent: Double
        package var floor: Double
        package var rise: Double
        package var decay: Double

        package func logSize(_ logCompute: Double) -> Double {
            level + exponent * (logCompute - pivot)
        }
        package func loss(_ logCompute: Double) -> Double {
            floor + rise * exp(-decay * (logCompute - pivot))
        }
    }

    package struct Projected: Sendable, Hashable, Codable {
        /// beta/(alpha + beta).
        package var exponent: Double
        /// Coordinates of `chinchilla-vpnls`.
        package var theta: [Double]
        /// Parabola's N* above that of variable projection at the largest budget, in per cent.
        package var differencePercent: Double
    }

    package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
        leftOut += runs
        leftOutCount += count
    }

    package var summary: FitSummary {
        func interval(_ value: (Frontier) -> Double) -> Interval {
            Quantiles.interval(value(best), draws.map(value))
                ?? Interval(value: value(best), low: value(best), high: value(best))
        }
        let used = profiles.filter { $0.optimum != nil }
        var warnings: [String] = []
        if let projected, abs(projected.differencePercent) > 10 {
            warnings.append(
                "At the largest budget the parabola puts N*"
                    + " \(Texts.short(projected.differencePercent)) % above variable projection of"
                    + " the same runs: parabolas are biased where sizes are not centred on the"
                    + " optimum."
            )
        }
        for profile in profiles {
            guard let reason = profile.refused else { continue }
            warnings.append("\(Texts.short(profile.budgetFLOPs)) FLOPs: \(reason)")
        }
        return FitSummary(
            parameters: [
                "a": interval(\.exponent), "b": interval { 1 - $0.exponent },
                "N_pivot": interval { exp($0.level) }, "E": interval(\.floor),
                "gamma": interval(\.decay),
            ],
            objective: nil,
            runs: used.reduce(0) { $0 + $1.points.count },
            diagnostics: FitDiagnostics(
                objectiveName: "least squares of each budget's loss by a parabola in ln N",
                starts: profiles.count,
                startsAtBest: used.count,
                draws: draws.count,
                resampled: "runs within budgets",
                heldOutErrorPercent: heldOutSizePercent.map { abs($0) },
                leftOut: leftOutCount,
                warnings: warnings
            )
        )
    }
}
