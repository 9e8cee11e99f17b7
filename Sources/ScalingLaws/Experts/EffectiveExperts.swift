import Foundation

/// Ê, the number of experts that counts: E_start for a dense model, E_max for endless experts.
///
/// 1/Ê = 1/(E − 1 + s) + 1/E_max with s = 1/(1/E_start − 1/E_max); Clark et al., arXiv 2202.01169,
/// equation 16.
struct EffectiveExperts: Sendable {
    let logValue: Double
    /// Derivatives of ln Ê by ln E_start and by ln(E_max − E_start).
    let byLogStart: Double
    let byLogGap: Double

    /// - Parameters:
    ///   - logStart: ln E_start.
    ///   - logGap: ln(E_max − E_start), so that E_max is the larger one whatever the search tries.
    init(count: Double, logStart: Double, logGap: Double) {
        let start = exp(logStart)
        let gap = exp(logGap)
        let limit = start + gap
        let shift = start * limit / gap
        let inner = count - 1 + shift
        let value = 1 / (1 / inner + 1 / limit)
        logValue = log(value)
        let shiftByStart = start * (limit * limit - start * start) / (gap * gap)
        let shiftByGap = -start * start / gap
        byLogStart = value * (shiftByStart / (inner * inner) + start / (limit * limit))
        byLogGap = value * (shiftByGap / (inner * inner) + gap / (limit * limit))
    }

    static func value(count: Double, start: Double, limit: Double) -> Double {
        exp(
            EffectiveExperts(count: count, logStart: log(start), logGap: log(limit - start))
                .logValue
        )
    }
}
