import Foundation
import ScalingLaws

/// A run as laws over sizes read it.
struct ScaleRow: Sendable {
    /// Shares that count: those of repeated tokens are discounted.
    var shares: [Double]
    /// ln(share + ε).
    var logarithms: [Double]
    /// ln(N / 1e9).
    var size: Double
    /// ln(D / 1e10).
    var tokens: Double
    /// ln L.
    var logLoss: Double
    var weight: Double

    /// - Parameters:
    ///   - size: parameters.
    ///   - tokens: tokens seen.
    init(
        _ shares: [Double],
        size: Double,
        tokens: Double,
        loss: Double = 1,
        weight: Double = 1
    ) {
        self.shares = shares
        logarithms = shares.map { log($0 + JointForm.offset) }
        self.size = log(size / 1e9)
        self.tokens = log(tokens / 1e10)
        logLoss = log(loss)
        self.weight = weight
    }
}

/// A law of loss over model size, tokens and mixture with unbounded parameters θ.
protocol ScaleForm: Sendable {
    var size: Int { get }
    /// Value at a row; ∂value/∂θ is written into `slopes`.
    func value(_ row: ScaleRow, _ parameters: [Double], _ slopes: inout [Double]) -> Double
    func start(_ least: Double, _ random: inout SplitMix64) -> [Double]
    /// Centre and strength of the quadratic penalty of each parameter.
    var penalties: [(centre: Double, strength: Double)] { get }
}

extension ScaleForm {
    /// ln of an exponent ~ N(ln 0.3, 0.25): 0.05 · ((ln a − ln 0.3) / 0.25)² is added to the mean
    /// over runs. Two sizes within a decade cannot pin exponents.
    ///
    /// - Parameter shift: of the centre, in deviations; not 0 in refits on resampled runs.
    static func exponentPenalty(_ shift: Double) -> (centre: Double, strength: Double) {
        (log(0.3) + 0.25 * shift, 0.05 / (0.25 * 0.25))
    }
    /// Two draws from the prior for a refit on resampled runs; zeros for a fit.
    static func priorShifts(_ request: MixtureFitRequest) -> [Double] {
        guard let seed = request.drawSeed else { return [0, 0] }
        var random = SplitMix64(seed: seed ^ 0x9121)
        return [random.normal(), random.normal()]
    }
    static var ridge: Double { 1e-4 }
}

/// Mean over runs of Huber's loss of ln L residuals over δ², plus the penalties.
struct ScaleObjective<Form: ScaleForm>: Sendable {
    let form: Form
    let rows: [ScaleRow]
    let usesPrior: Bool
    /// Relative errors above it count linearly.
    static var threshold: Double { 1e-3 }

    func value(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
        for index in gradient.indices { gradient[index] = 0 }
        guard parameters.allSatisfy({ abs($0) < 40 }) else { return .infinity }
        var slopes = [Double](repeating: 0, count: form.size)
        let threshold = Self.threshold
        var total = 0.0
        let scale = 1 / (rows.reduce(0) { $0 + $1.weight } * threshold * threshold)
        for row in rows {
            let loss = form.value(row, parameters, &slopes)
            let residual = log(loss) - row.logLoss
            let size = abs(residual)
            let isInside = size <= threshold
            total +=
                row.weight * scale
                * (isInside ? residual * residual / 2 : threshold * (size - threshold / 2))
            let bounded = isInside ? residual : (residual > 0 ? threshold : -threshold)
            let pull = row.weight * scale * bounded / loss
            for index in slopes.indices { gradient[index] += pull * slopes[index] }
        }
        for (index, penalty) in form.penalties.enumerated() {
            let strength = usesPrior ? penalty.strength : min(penalty.strength, Form.ridge)
            let distance = parameters[index] - penalty.centre
            total += strength * distance * distance
            gradient[index] += 2 * strength * distance
        }
        return total
    }

    /// The lowest of several starts.
    func search(
        starts: Int,
        law: String,
        _ request: MixtureFitRequest
    ) throws(MixtureError) -> [Double] {
        var random = SplitMix64(seed: request.seed)
        let least = exp(rows.map(\.logLoss).min() ?? 0)
        var found: [Minimiser.Minimum] = []
        for _ in 0..<starts {
            try request.checkCancelled()
            let start = form.start(least, &random)
            found.append(
                Minimiser(evaluationLimit: 400, tolerance: 1e-5)
                    .minimise(from: start, evaluate: value)
            )
        }
        guard let best = found.filter({ $0.value.isFinite }).min(by: { $0.value < $1.value }) else {
            throw .didNotConverge(law: law, starts: starts)
        }
        return polish(best.point)
    }

    /// To the end of a long flat valley: size, tokens and the bend k make up for one another.
    func polish(_ start: [Double]) -> [Double] {
        Minimiser(evaluationLimit: 4_000, tolerance: 1e-10)
            .minimise(from: start, evaluate: value).point
    }
}

/// The rows of data, checked for what laws over sizes need.
enum ScaleRows {
    static func make(
        _ data: MixtureData,
        law: String,
        minimum: Int
    ) throws(MixtureError) -> [ScaleRow] {
        guard data.runs.count >= minimum else {
            throw .tooFewRuns(law: law, needed: minimum, found: data.runs.count)
        }
        _ = try FittingTable(data, law: law, minimum: minimum)
        var rows: [ScaleRow] = []
        for run in data.runs {
            guard let size = run.parameterCount, let tokens = run.tokenCount,
                size >= 1, size < 1e18, tokens >= 1, tokens < 1e24
            else {
                throw .invalid(
                    field: "runs",
                    reason: "\(law) needs the parameter and token counts of every run; \(run.name)"
                        + " has not both."
                )
            }
            guard run.loss > 0 else {
                throw .invalid(
                    field: "runs",
                    reason: "\(law) reads the logarithm of losses; \(run.name) has \(run.loss)."
                )
            }
            rows.append(
                ScaleRow(
                    data.effectiveShares(of: run, tokens: tokens),
                    size: size,
                    tokens: tokens,
                    loss: run.loss,
                    weight: run.weight
                )
            )
        }
        guard spread(rows.map(\.size)) > 1e-6 || spread(rows.map(\.tokens)) > 1e-6 else {
            throw .invalid(
                field: "runs",
                reason: "All runs have one size and one token count, so \(law) cannot tell what"
                    + " scale does. Use effective-data, or add runs of another size."
            )
        }
        return rows
    }

    static func spread(_ values: [Double]) -> Double {
        (values.max() ?? 0) - (values.min() ?? 0)
    }
}
