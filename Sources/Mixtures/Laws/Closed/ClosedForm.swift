import Foundation
import ScalingLaws

/// A closed law with unbounded parameters θ, evaluated row by row with its derivatives.
protocol ClosedForm: Sendable {
    /// What one θ needs once for all rows, such as exponentials of θ.
    associatedtype Prepared
    /// Number of parameters.
    var size: Int { get }
    func prepare(_ parameters: [Double]) -> Prepared
    /// Value of one row of the table; ∂value/∂θ is written into `slopes`.
    func value(_ row: Int, _ prepared: Prepared, _ slopes: inout [Double]) -> Double
    /// A random start.
    func start(_ random: inout SplitMix64) -> [Double]
    /// Per parameter: centre and relative strength of the ridge, and the range outside which a
    /// steep wall begins.
    var penalties: [ParameterPenalty] { get }
}

struct ParameterPenalty: Sendable {
    var centre = 0.0
    /// Times the request's ridge.
    var strength = 0.0
    var range: ClosedRange<Double> = -30...30
}

/// The objective of all closed laws: weighted mean of Huber's loss of standardised residuals, plus
/// λ times the mean of (θ − centre)², plus a wall outside of each parameter's range.
struct ClosedObjective<Form: ClosedForm>: Sendable {
    let form: Form
    let table: FittingTable
    let ridge: Double
    /// Residuals above it, in deviations of the target, count linearly.
    static var threshold: Double { 0.1 }
    static var wall: Double { 1 }

    func value(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
        for index in gradient.indices { gradient[index] = 0 }
        let prepared = form.prepare(parameters)
        var slopes = [Double](repeating: 0, count: form.size)
        let scale = 1 / Double(table.count)
        var total = 0.0
        for row in 0..<table.count {
            let residual = form.value(row, prepared, &slopes) - table.losses[row]
            let size = abs(residual)
            let weight = table.weights[row] * scale
            let isInside = size <= Self.threshold
            total +=
                weight
                * (isInside
                    ? residual * residual / 2 : Self.threshold * (size - Self.threshold / 2))
            let pull =
                weight
                * (isInside ? residual : (residual > 0 ? Self.threshold : -Self.threshold))
            for index in slopes.indices { gradient[index] += pull * slopes[index] }
        }
        return total + penalty(parameters, &gradient)
    }

    private func penalty(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
        var total = 0.0
        for (index, penalty) in form.penalties.enumerated() {
            let value = parameters[index]
            let strength = ridge * penalty.strength / Double(form.size)
            let distance = value - penalty.centre
            total += strength * distance * distance
            gradient[index] += 2 * strength * distance
            let excess = value - min(max(value, penalty.range.lowerBound), penalty.range.upperBound)
            total += Self.wall * excess * excess
            gradient[index] += 2 * Self.wall * excess
        }
        return total
    }
}

/// The best of several starts: all are followed a short way, the promising ones to the end.
struct ClosedFit: Sendable {
    var parameters: [Double]
    /// On the standardised scale.
    var objective: Double
    var ridge: Double
    /// Another minimum within 1 % of the objective; nil where there is none.
    var rival: [Double]?

    static let scouting = Minimiser(evaluationLimit: 60, tolerance: 1e-5)
    static let polishing = Minimiser(evaluationLimit: 500, tolerance: 1e-6)
    /// Differences of the objective, a mean of squares of standardised errors, that say nothing.
    static let negligible = 1e-6
    static let warmed = Minimiser(evaluationLimit: 500, tolerance: 1e-7)

    static func search<Form: ClosedForm>(
        _ form: Form,
        _ table: FittingTable,
        ridge: Double,
        starts: Int,
        law: String,
        _ request: MixtureFitRequest
    ) throws(MixtureError) -> ClosedFit {
        let objective = ClosedObjective(form: form, table: table, ridge: ridge)
        var random = SplitMix64(seed: request.seed)
        var scouts: [Minimiser.Minimum] = []
        for _ in 0..<starts {
            try request.checkCancelled()
            scouts.append(scouting.minimise(from: form.start(&random), evaluate: objective.value))
        }
        scouts = scouts.filter { $0.value.isFinite }.sorted { $0.value < $1.value }
        guard let first = scouts.first else { throw .didNotConverge(law: law, starts: starts) }
        var finals: [Minimiser.Minimum] = []
        for scout in scouts.prefix(2) where scout.value <= 1.3 * first.value {
            try request.checkCancelled()
            let found = polishing.minimise(from: scout.point, evaluate: objective.value)
            finals.append(found.value < scout.value ? found : scout)
        }
        let best = finals.min { $0.value < $1.value } ?? first
        let rival = finals.first {
            $0.point != best.point && $0.value <= 1.01 * best.value + negligible
        }
        return ClosedFit(
            parameters: best.point,
            objective: best.value,
            ridge: ridge,
            rival: rival?.point
        )
    }

    /// From a fit of almost the same runs.
    static func refit<Form: ClosedForm>(
        _ form: Form,
        _ table: FittingTable,
        ridge: Double,
        from start: [Double],
        law: String
    ) throws(MixtureError) -> ClosedFit {
        let objective = ClosedObjective(form: form, table: table, ridge: ridge)
        let found = warmed.minimise(from: start, evaluate: objective.value)
        guard found.value.isFinite else { throw .didNotConverge(law: law, starts: 1) }
        return ClosedFit(parameters: found.point, objective: found.value, ridge: ridge)
    }
}

/// Whether two minima of one objective mean different best mixtures.
enum RivalMinimum {
    /// L1 distance of optima that counts as disagreement.
    static let distance = 0.2

    /// - Parameters:
    ///   - first: the fit.
    ///   - second: the law at the other minimum.
    static func note(_ first: SeparableUtility?, _ second: SeparableUtility?) -> String? {
        guard let first, let second else { return nil }
        let lower = first.scales.map { _ in 0.0 }
        let upper = first.scales.map { _ in 1.0 }
        guard let own = WaterFilling.optimum(first, lower: lower, upper: upper),
            let other = WaterFilling.optimum(second, lower: lower, upper: upper)
        else { return nil }
        let apart = zip(own, other).reduce(0) { $0 + abs($1.0 - $1.1) }
        guard apart > distance else { return nil }
        return "Starts disagree: another fit within 1 % of the objective has its best mixture at an"
            + " L1 distance of \(apart.short)."
    }
}
