/// Noise scales of a project by model size; batches in tokens.
package struct GradientNoiseScaleFit: FittedLaw, Hashable {
    package var law: String
    package var parameterConvention: String
    package var seed: UInt64
    package var dataHash: String
    package var groups: [Group]
    package var diagnostics: FitDiagnostics
    package var leftOut: [NonlinearFit.LeftOut]
    package var leftOutCount: Int

    package struct Group: Sendable, Hashable, Codable {
        /// nil where the runs do not say.
        package var parameters: Double?
        package var noiseScaleTokens: Interval
        package var gradientSquared: Interval
        package var noiseTrace: Interval
        package var points: [Point]
        /// ln B_simple of resampled means.
        package var draws: [Double]
    }

    /// One run's own unbiased estimates; either may be negative by chance.
    package struct Point: Sendable, Hashable, Codable {
        package var runID: String
        package var runName: String
        package var smallBatchTokens: Double
        package var batchTokens: Double
        package var gradientSquared: Double
        package var noiseTrace: Double
    }

    package mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int) {
        leftOut += runs
        leftOutCount += count
        diagnostics.leftOut += count
    }

    package var summary: FitSummary {
        var parameters: [String: Interval] = [:]
        for group in groups {
            let size = group.parameters.map { " N=" + BatchText.number($0) } ?? ""
            let label = groups.count == 1 ? "" : size
            parameters["B_simple" + label] = group.noiseScaleTokens
            parameters["|G|^2" + label] = group.gradientSquared
            parameters["tr(Sigma)" + label] = group.noiseTrace
        }
        return FitSummary(
            parameters: parameters,
            objective: nil,
            runs: groups.reduce(0) { $0 + $1.points.count },
            diagnostics: diagnostics
        )
    }
}
