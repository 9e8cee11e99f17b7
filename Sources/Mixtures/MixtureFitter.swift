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
        let laws = mixtureLawCatalogue.filter {
            options.predictor == automatic || $0.card.id == options.predictor
        }
        guard !laws.isEmpty else {
            throw .invalid(
                field: "predictor",
                reason: "There is no predictor \(options.predictor.prefix(80)); there are "
                    + ([automatic] + mixtureLawCards.map(\.id)).joined(separator: ", ") + "."
            )
        }
        try check(data, target: target)
        var best: (law: any MixtureLaw.Type, error: Double, outOfFold: [Double])?
        var scores: [MixtureFit.Score] = []
        for (place, law) in laws.enumerated() {
            progress?(0.6 * Double(place) / Double(laws.count))
            var score = MixtureFit.Score(law: law.card.id)
            do {
                let predictions = try leftOut(law, data, options, request)
                let errors = zip(predictions, data.losses).map { $0.0 - $0.1 }
                let square = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
                score.meanAbsoluteError =
                    errors.reduce(0) { $0 + abs($1) } / Double(errors.count)
                if square < best?.error ?? .infinity { best = (law, square, predictions) }
            } catch {
                if case .cancelled = error { throw error }
                guard options.predictor == automatic else { throw error }
                score.refusal = error.message
            }
            scores.append(score)
        }
        guard let best else {
            throw .tooFewRuns(law: options.predictor, needed: 8, found: data.runs.count)
        }
        let model = try AnyMixtureLaw.fit(best.law, data, request)
        var fit = MixtureFit(
            target: target,
            predictor: options.predictor,
            data: data,
            model: model,
            seed: request.seed
        )
        fit.scores = scores
        fit.residualDeviation = best.error.squareRoot()
        for index in fit.runs.indices { fit.runs[index].outOfFold = best.outOfFold[index] }
        fit.draws = try draws(best.law, data, model, options, request, progress)
        fit.warnings = model.notes
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

    /// Predictions of each run by a fit that did not see it.
    private static func leftOut(
        _ law: any MixtureLaw.Type,
        _ data: MixtureData,
        _ options: Options,
        _ request: MixtureFitRequest
    ) throws(MixtureError) -> [Double] {
        var random = SplitMix64(seed: request.seed ^ 0x5EED)
        let order = data.runs.indices.map { ($0, random.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
        var predictions = [Double](repeating: .nan, count: data.runs.count)
        for fold in 0..<options.foldCount {
            try request.checkCancelled()
            let out = Set(
                stride(from: fold, to: order.count, by: options.foldCount).map {
                    order[$0]
                }
            )
            let kept = data.runs.indices.filter { !out.contains($0) }
            let model = try AnyMixtureLaw.fit(law, data.selecting(kept), request)
            for index in out {
                predictions[index] = model.loss(at: data.runs[index].proportions)
            }
        }
        return predictions
    }

    private static func draws(
        _ law: any MixtureLaw.Type,
        _ data: MixtureData,
        _ model: AnyMixtureLaw,
        _ options: Options,
        _ request: MixtureFitRequest,
        _ progress: (@Sendable (Double) -> Void)?
    ) throws(MixtureError) -> [AnyMixtureLaw] {
        var found: [AnyMixtureLaw] = []
        for draw in 0..<options.drawCount {
            try request.checkCancelled()
            progress?(0.6 + 0.4 * Double(draw) / Double(options.drawCount))
            var random = SplitMix64(seed: request.seed &+ UInt64(draw + 1))
            let drawn = data.runs.indices.map { _ in random.index(below: data.runs.count) }
            // A resample without enough different runs tells nothing; the others still do.
            if let law = try? AnyMixtureLaw.fit(
                law,
                data.selecting(drawn),
                request,
                startingFrom: model
            ) {
                found.append(law)
            }
        }
        return found
    }
}
