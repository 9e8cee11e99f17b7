import Foundation

/// How forecasts would have done on runs whose end is known: each is cut at a share of its steps
/// and forecast from the others.
package struct ForecastScorer: Sendable {
    package var runs: [ForecastRequest.Peer]
    /// Runs of one group are never asked about each other; by default each run is its own group.
    package var group: @Sendable (ForecastRequest.Peer) -> String

    package init(
        runs: [ForecastRequest.Peer],
        group: @escaping @Sendable (ForecastRequest.Peer) -> String = { $0.runName }
    ) {
        self.runs = runs
        self.group = group
    }

    package struct Scored: Sendable, Hashable {
        package var run: ForecastRequest.Peer
        package var forecast: Forecast

        /// ln (predicted / observed).
        package var logError: Double { log(forecast.finalLoss.value / run.finalLossNats) }
        package var isCovered: Bool {
            forecast.finalLoss.low <= run.finalLossNats
                && run.finalLossNats <= forecast.finalLoss.high
        }
    }

    package struct Score: Sendable, Hashable, Codable {
        package var share: Double
        package var runs: Int
        package var refused: Int
        /// Share of the runs whose end lies in the 90 % band.
        package var coverage: Double
        /// Mean of |ln (predicted / observed)|, in per cent.
        package var meanAbsolutePercent: Double
        package var biasPercent: Double
        /// Mean half width of the band, in per cent.
        package var halfWidthPercent: Double
        /// By id of the naive rule.
        package var baselinePercent: [String: Double]
    }

    /// The job as it was when this share of its steps was done.
    package static func cut(_ run: ForecastRequest.Peer, at share: Double) -> ForecastRequest {
        let end = share * run.horizonSteps * (1 + 1e-9)
        func part(_ curve: LossCurve) -> LossCurve {
            let count = curve.steps.prefix { $0 <= end }.count
            return LossCurve(
                steps: Array(curve.steps.prefix(count)),
                lossNats: Array(curve.lossNats.prefix(count)),
                learningRates: Array(curve.learningRates.prefix(count))
            )
        }
        return ForecastRequest(
            curve: part(run.curve),
            trainingCurve: run.trainingCurve.map(part),
            horizonSteps: run.horizonSteps,
            settings: run.settings
        )
    }

    /// - Parameters:
    ///   - peerLimit: at most so many peers, taken at even distances; nil takes all.
    ///   - stride: forecasts only every n-th run.
    package func forecasts(
        at share: Double,
        peerLimit: Int? = nil,
        every stride: Int = 1,
        baseline: (ForecastRequest.Peer) -> Double? = { _ in nil }
    ) -> [Scored] {
        let groups = runs.map(group)
        var scored: [Scored] = []
        for (index, run) in runs.enumerated()
        where run.finalLossNats.isFinite && index % max(stride, 1) == 0 {
            var request = Self.cut(run, at: share)
            let others = runs.indices.filter { groups[$0] != groups[index] }.map { runs[$0] }
            request.peers = Self.thin(others, to: peerLimit, offset: index)
            request.baselineLossNats = baseline(run)
            guard let forecast = try? Forecaster.forecast(request) else { continue }
            scored.append(Scored(run: run, forecast: forecast))
        }
        return scored
    }

    package func score(at share: Double, peerLimit: Int? = nil) -> Score {
        let scored = forecasts(at: share, peerLimit: peerLimit)
        let count = Double(max(scored.count, 1))
        func mean(_ value: (Scored) -> Double) -> Double {
            100 * scored.reduce(0) { $0 + value($1) } / count
        }
        var naive: [String: Double] = [:]
        for id in Set(scored.flatMap { $0.forecast.baselines.map(\.id) }) {
            let errors = scored.compactMap { one -> Double? in
                one.forecast.baselines.first { $0.id == id }?.finalLossNats
                    .map { abs(log($0 / one.run.finalLossNats)) }
            }
            guard !errors.isEmpty else { continue }
            naive[id] = 100 * errors.reduce(0, +) / Double(errors.count)
        }
        return Score(
            share: share,
            runs: scored.count,
            refused: runs.count { $0.finalLossNats.isFinite } - scored.count,
            coverage: mean { $0.isCovered ? 1 : 0 } / 100,
            meanAbsolutePercent: mean { abs($0.logError) },
            biasPercent: mean(\.logError),
            halfWidthPercent: mean {
                log($0.forecast.finalLoss.high / $0.forecast.finalLoss.low) / 2
            },
            baselinePercent: naive
        )
    }

    static func thin(
        _ runs: [ForecastRequest.Peer],
        to limit: Int?,
        offset: Int
    ) -> [ForecastRequest.Peer] {
        guard let limit, runs.count > limit else { return runs }
        guard limit > 0 else { return [] }
        return (0..<limit).map { runs[(offset + $0 * runs.count / limit) % runs.count] }
    }
}
