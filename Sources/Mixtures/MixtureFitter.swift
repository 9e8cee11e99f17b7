import Foundation
import ScalingLaws

/// Fits one target over mixtures: compares laws on runs left out, takes the best, and resamples it.
package enum MixtureFitter {
    package struct Options: Sendable, Hashable, Codable {
        /// Id of a law, or "auto": the best of all by cross-validation.
        package var predictor: String
        /// Resampled refits behind the intervals.
        package var drawCount: Int
        package var foldCount: Int

        package init(predictor: String = "auto", drawCount: Int = 40, foldCount: Int = 5) {
            self.predictor = predictor
            self.drawCount = drawCount
            self.foldCount = foldCount
        }
    }

    /// "auto" compares the laws of the catalogue.
    package static let automatic = "auto"

    /// - Parameters:
    ///   - target: what `loss` of the runs is, for people.
    ///   - progress: told the share of work done, 0 to 1.
    package static func fit(
        _ data: MixtureData,
        target: String,
        options: Options,
        request: MixtureFitRequest,
        progress: (@Sendable (Double) -> Void)? = nil
    ) throws(MixtureError) -> MixtureFit {
        try check(data, target: target)
        let comparison = try MixtureSelector.compare(
            data,
            predictor: options.predictor,
            parts: options.foldCount,
            request
        ) { progress?(0.6 * $0) }
        var fit = MixtureFit(
            target: target,
            predictor: options.predictor,
            data: data,
            model: comparison.chosen,
            seed: request.seed
        )
        fit.scores = comparison.scores
        fit.residualDeviation = comparison.deviation
        for index in fit.runs.indices { fit.runs[index].outOfFold = comparison.predictions[index] }
        fit.draws = try draws(data, comparison.chosen, options, request, progress)
        fit.warnings = MixtureChecks.warnings(data) + comparison.chosen.notes
        return fit
    }

    private static func check(_ data: MixtureData, target: String) throws(MixtureError) {
        guard data.runs.count >= 4 else {
            throw .tooFewRuns(law: "A mixture law", needed: 4, found: data.runs.count)
        }
        guard let low = data.losses.min(), let high = data.losses.max(), low < high else {
            throw .noSpread(target: target, value: data.losses.first ?? .nan)
        }
    }

    private static func draws(
        _ data: MixtureData,
        _ model: AnyMixtureLaw,
        _ options: Options,
        _ request: MixtureFitRequest,
        _ progress: (@Sendable (Double) -> Void)?
    ) throws(MixtureError) -> [AnyMixtureLaw] {
        guard let law = mixtureLawCatalogue.first(where: { $0.card.id == model.lawID }) else {
            return []
        }
        var found: [AnyMixtureLaw] = []
        for draw in 0..<options.drawCount {
            try request.checkCancelled()
            progress?(0.6 + 0.4 * Double(draw) / Double(options.drawCount))
            var random = SplitMix64(seed: request.seed &+ UInt64(draw + 1))
            let drawn = data.runs.indices.map { _ in random.index(below: data.runs.count) }
            var own = request
            own.drawSeed = request.seed &+ UInt64(draw + 1)
            // A resample without enough different runs tells nothing; the others still do.
            if let law = try? AnyMixtureLaw.fit(
                law,
                data.selecting(drawn),
                own,
                startingFrom: model
            ) {
                found.append(law)
            }
        }
        return found
    }
}
