import Foundation

/// Forecasts of the end of a training from how it went so far.
package enum Forecaster {
    /// - Throws: `FitError.unusableCurve` where the curve or the horizon allow no forecast.
    package static func forecast(_ request: ForecastRequest) throws(FitError) -> Forecast {
        let curve = CleanCurve(request.curve)
        guard request.horizonSteps.isFinite, request.horizonSteps >= 1 else {
            throw .unusableCurve(
                reason: "The horizon must be a step after the first; it was"
                    + " \(request.horizonSteps). Log the number of steps as a param."
            )
        }
        guard let step = curve.steps.last, let loss = curve.losses.last, step > 0 else {
            throw .unusableCurve(
                reason: "The run has logged no finite loss after step 0 yet. Wait for points."
            )
        }
        let ratios = request.peers.compactMap { peer -> Double? in
            let whole = CleanCurve(peer.curve)
            let there = step / request.horizonSteps * peer.horizonSteps
            guard let then = whole.logLoss(at: there), peer.finalLossNats > 0,
                peer.finalLossNats.isFinite
            else { return nil }
            return log(peer.finalLossNats) - then
        }.sorted()
        guard ratios.count >= 20 else {
            throw .notEnough(
                law: "A forecast",
                needed: 20,
                found: ratios.count,
                needs: "loss curves",
                leftOut: request.peers.count - ratios.count
            )
        }
        func quantile(_ share: Double) -> Double {
            loss * exp(ratios[Int((share * Double(ratios.count - 1)).rounded())])
        }
        let final = Interval(value: quantile(0.5), low: quantile(0.05), high: quantile(0.95))
        return Forecast(
            finalLoss: final,
            path: [
                .init(step: step, value: loss, low: loss, high: loss),
                .init(
                    step: request.horizonSteps,
                    value: final.value,
                    low: final.low,
                    high: final.high
                ),
            ],
            method: "how \(ratios.count) finished runs went on from here",
            observedSteps: step,
            horizonSteps: request.horizonSteps,
            peers: ratios.count
        )
    }
}
