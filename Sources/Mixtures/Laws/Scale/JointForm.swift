import Foundation
import ScalingLaws

/// How mixture and scale act together.
package enum MixtureCoupling: String, Sendable, Codable, CaseIterable {
    /// The mixture makes tokens worth more: (A/N^a + B/(D·u)^b)^k.
    case effectiveTokens
    /// The same with k = 1.
    case plain
    /// 1/Σ C_j (r_j + ε)^g_j beside A/N^a + B/D^b: the mixture's part does not depend on scale.
    case additive
    /// The mixture scales the capacity term too: A·v(r)/N^a, v = exp Σ c_j·r_j.
    case capacity
    /// No mixture at all: what a law of size and tokens alone knows.
    case none
}

/// θ = (ln E, ln A, ln a, ln B, ln b, ln k, ln e0, ln g, ln s_1 …), then ln g_j or c_j where the
/// coupling has them.
struct JointForm: ScaleForm {
    static let offset = 1e-3
    let coupling: MixtureCoupling
    let dimension: Int
    /// Of the priors of ln a and ln b, in deviations.
    var priorShifts = [0.0, 0]

    private var extra: Int {
        coupling == .additive || coupling == .capacity ? dimension : 0
    }
    var size: Int { 8 + dimension + extra }
    private var bendsSum: Bool { coupling != .plain && coupling != .additive }

    func value(_ row: ScaleRow, _ parameters: [Double], _ slopes: inout [Double]) -> Double {
        for index in slopes.indices { slopes[index] = 0 }
        switch coupling {
        case .additive: return additive(row, parameters, &slopes)
        default: return coupled(row, parameters, &slopes)
        }
    }

    private func coupled(
        _ row: ScaleRow,
        _ parameters: [Double],
        _ slopes: inout [Double]
    ) -> Double {
        let (floor, a, b) = (exp(parameters[0]), exp(parameters[2]), exp(parameters[4]))
        let k = bendsSum ? exp(parameters[5]) : 1
        var utility = 1.0
        var bend = 0.0
        let g = exp(parameters[7])
        let base = exp(parameters[6])
        if coupling != .none {
            utility = base
            for domain in 0..<dimension {
                let logarithm = row.logarithms[domain]
                let part = exp(parameters[8 + domain] + g * logarithm)
                utility += part
                bend += part * logarithm
                slopes[8 + domain] = part
            }
        }
        var capacity = parameters[1] - a * row.size
        if coupling == .capacity {
            for domain in 0..<dimension {
                capacity += parameters[8 + dimension + domain] * row.shares[domain]
            }
        }
        let p = exp(capacity)
        let logTokens = row.tokens + log(utility)
        let q = exp(parameters[3] - b * logTokens)
        let sum = p + q
        let term = exp(k * log(sum))
        let pull = k * term / sum
        slopes[0] = floor
        slopes[1] = pull * p
        slopes[2] = -pull * p * a * row.size
        slopes[3] = pull * q
        slopes[4] = -pull * q * b * logTokens
        slopes[5] = bendsSum ? k * term * log(sum) : 0
        if coupling != .none {
            let inner = -pull * q * b / utility
            for domain in 0..<dimension { slopes[8 + domain] *= inner }
            slopes[6] = inner * base
            slopes[7] = inner * g * bend
        }
        if coupling == .capacity {
            for domain in 0..<dimension {
                slopes[8 + dimension + domain] = pull * p * row.shares[domain]
            }
        }
        return floor + term
    }

    private func additive(
        _ row: ScaleRow,
        _ parameters: [Double],
        _ slopes: inout [Double]
    ) -> Double {
        let (floor, a, b) = (exp(parameters[0]), exp(parameters[2]), exp(parameters[4]))
        let p = exp(parameters[1] - a * row.size)
        let q = exp(parameters[3] - b * row.tokens)
        var sum = 0.0
        for domain in 0..<dimension {
            let logarithm = row.logarithms[domain]
            let g = exp(parameters[8 + dimension + domain])
            let part = exp(parameters[8 + domain] + g * logarithm)
            sum += part
            slopes[8 + domain] = part
            slopes[8 + dimension + domain] = part * g * logarithm
        }
        let pull = -1 / (sum * sum)
        for index in 8..<size { slopes[index] *= pull }
        slopes[0] = floor
        slopes[1] = p
        slopes[2] = -p * a * row.size
        slopes[3] = q
        slopes[4] = -q * b * row.tokens
        return floor + 1 / sum + p + q
    }

    func start(_ least: Double, _ random: inout SplitMix64) -> [Double] {
        func around(_ centre: Double, _ spread: Double) -> Double {
            centre + spread * random.normal()
        }
        let floor = log(least * (0.5 + 0.4 * random.uniform()))
        let head = [
            floor, around(log(0.2), 0.3), around(log(0.3), 0.15), around(log(0.2), 0.3),
            around(log(0.3), 0.15), around(0, 0.1), log(0.05), around(log(0.6), 0.2),
        ]
        let worth = (0..<dimension).map { _ in
            coupling == .additive ? around(1.2, 0.5) : around(-0.5, 0.6)
        }
        let rest = (0..<extra).map { _ in coupling == .additive ? around(-0.7, 0.2) : 0 }
        return head + worth + rest
    }

    var penalties: [(centre: Double, strength: Double)] {
        let ridge = Self.ridge
        let worth = coupling == .additive ? 1.2 : -0.5
        let rest = coupling == .additive ? -0.7 : 0
        return [
            (0, 0), (log(0.2), ridge), Self.exponentPenalty(priorShifts[0]), (log(0.2), ridge),
            Self.exponentPenalty(priorShifts[1]), (0, ridge),
            (log(0.05), ridge), (log(0.6), ridge),
        ]
            + [(centre: Double, strength: Double)](
                repeating: (worth, ridge),
                count: dimension
            ) + [(centre: Double, strength: Double)](repeating: (rest, ridge), count: extra)
    }
}
