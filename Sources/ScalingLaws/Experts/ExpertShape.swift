import Foundation
import Runs

/// How many parameters a mixture has in all, from its active ones: total/active =
/// 1 + share·(E/K − 1), where `share` of the active parameters sits in experts.
struct ExpertShape: Sendable {
    /// K.
    let active: Double
    let share: Double
    /// Whether the runs said it; a transformer's feed-forward share of 2/3 and K = 1 otherwise.
    let isMeasured: Bool

    init(_ fit: NonlinearFit) {
        var counts: [Double: Int] = [:]
        var (top, bottom) = (0.0, 0.0)
        for run in fit.residuals {
            func value(_ role: Role) -> Double { run.inputs[role.rawValue] ?? .nan }
            let experts = value(.expertCount)
            let active = run.inputs[Role.activeExpertCount.rawValue] ?? 1
            guard experts > 1, active >= 1, active < experts else { continue }
            counts[active, default: 0] += 1
            let ratio = value(.totalParameterCount) / value(.activeParameterCount) - 1
            guard ratio.isFinite, ratio > 0 else { continue }
            let spare = experts / active - 1
            top += ratio * spare
            bottom += spare * spare
        }
        active = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key ?? 1
        isMeasured = bottom > 0
        share = isMeasured ? min(max(top / bottom, 0.01), 1) : 2.0 / 3
    }

    func total(active size: Double, experts: Double) -> Double {
        size * (1 + share * max(experts / active - 1, 0))
    }
}
