import Foundation

/// What is known of steps against tokens where a question is asked: from a group of runs, a law
/// over the groups, or the gradient noise scale.
struct BatchTradeOff: Sendable {
    /// B_crit by ratio, in tokens.
    var criticalBatch: Interval
    /// nil where the tokens that the training needs are not known.
    var hyperbola: StepsHyperbola?
    /// (ln S_min, ln B_crit) of resampled refits; ln S_min is NaN without a hyperbola.
    var draws: [[Double]]
    /// Where it comes from, for a sentence: "the runs of N = 3.02e+08".
    var origin: String

    /// From a batch with its draws and the tokens of the training, if they are given.
    init(criticalBatch: Interval, logDraws: [Double], tokens: Double?, origin: String) {
        self.criticalBatch = criticalBatch
        hyperbola = tokens.map {
            StepsHyperbola(
                minimumSteps: $0 / criticalBatch.value,
                criticalBatchTokens: criticalBatch.value
            )
        }
        draws = logDraws.map { [tokens.map(log) ?? .nan, $0] }
            .map { [$0[0] - $0[1], $0[1]] }
        self.origin = origin
    }

    init(group: CriticalBatchFit.Group) {
        criticalBatch = group.criticalBatchTokens
        hyperbola = group.hyperbola
        draws = group.draws
        origin = "the runs of " + CriticalBatchFit.label(group)
    }

    /// Tokens above the least, in per cent.
    func waste(_ batch: Double) -> Interval {
        Interval(
            value: 100 * batch / criticalBatch.value,
            low: 100 * batch / criticalBatch.high,
            high: 100 * batch / criticalBatch.low
        )
    }

    /// The largest batch that wastes at most this share of the tokens.
    func largestBatch(wastePercent: Double) -> Interval {
        let share = wastePercent / 100
        return Interval(
            value: share * criticalBatch.value,
            low: share * criticalBatch.low,
            high: share * criticalBatch.high
        )
    }

    /// Steps over the fewest possible.
    func stepsFactor(_ batch: Double) -> Double { 1 + criticalBatch.value / batch }

    func steps(_ batch: Double) -> Interval? {
        interval { $0.steps(batchTokens: batch) }
    }

    func tokens(_ batch: Double) -> Interval? {
        interval { $0.tokens(batchTokens: batch) }
    }

    /// Any quantity of the hyperbola with its interval.
    func interval(_ quantity: (StepsHyperbola) -> Double) -> Interval? {
        guard let hyperbola else { return nil }
        return DrawInterval.plain(
            quantity(hyperbola),
            draws.map {
                quantity(
                    StepsHyperbola(minimumSteps: exp($0[0]), criticalBatchTokens: exp($0[1]))
                )
            }
        )
    }
}
