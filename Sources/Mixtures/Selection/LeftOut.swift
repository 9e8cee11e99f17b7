import Foundation

/// A law on all runs, and what it says of each run when that run's part is left out.
package enum LeftOut {
    package struct Result: Sendable {
        package var model: AnyMixtureLaw
        /// One per run, clipped to where predictions are believable.
        package var predictions: [Double]
        /// Root mean square error, unit of the target.
        package var deviation: Double
    }

    package static let parts = 5
    /// Above it a Gaussian process keeps its kernel when runs are left out: twenty numbers learnt
    /// from hundreds of runs hardly know any one of them.
    static let kernelLimit = 150

    package static func fit(
        _ law: any MixtureLaw.Type,
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        parts: Int = parts
    ) throws(MixtureError) -> Result {
        let folds = Folds(count: data.runs.count, parts: parts, seed: request.seed)
        let model = try AnyMixtureLaw.fit(law, data, request)
        var predictions = [Double](repeating: 0, count: data.runs.count)
        if let process = model.base as? FittedGaussianProcess, data.runs.count > kernelLimit {
            predictions = process.leaveOut(folds)
        } else {
            for part in 0..<folds.parts {
                try request.checkCancelled()
                let (inside, outside) = folds.split(part)
                let fit = try AnyMixtureLaw.fit(law, data.selecting(inside), request)
                let found = fit.losses(of: outside.map { data.runs[$0] })
                for (place, run) in outside.enumerated() { predictions[run] = found[place] }
            }
        }
        return Result(model: model, predictions: predictions, data)
    }
}

extension LeftOut.Result {
    init(model: AnyMixtureLaw, predictions: [Double], _ data: MixtureData) {
        let clip = ClipRange(data.losses)
        self.model = model
        self.predictions = predictions.map(clip.clip)
        var (square, weight) = (0.0, 0.0)
        for (run, prediction) in zip(data.runs, self.predictions) {
            square += run.weight * (prediction - run.loss) * (prediction - run.loss)
            weight += run.weight
        }
        deviation = (square / weight).squareRoot()
    }
}
