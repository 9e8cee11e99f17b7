import Foundation
import Runs

extension RectifiedLaw: AdvisingLaw {
    package static var reads: Set<Question.Field> { [.fineTuningTokens, .targetLoss] }

    /// Loss for `fineTuningTokens`, or the tokens for a `targetLoss`; naive rules beside it.
    package static func advise(
        _ question: Question,
        from fit: NonlinearFit
    ) throws(RecommendError) -> Advice {
        let tokens: Double
        if let target = question[.targetLoss] {
            tokens = try Self.tokens(for: target, fit)
        } else {
            tokens = try question.required(.fineTuningTokens)
        }
        guard 1...1e15 ~= tokens else {
            throw .invalidTarget(
                field: "fineTuningTokens",
                given: tokens,
                expected: "a number from 1 to 1e15"
            )
        }
        let values = [Role.fineTuningTokenCount: tokens]
        guard let loss = predict(values, from: fit) else {
            throw .outOfRange(field: "lossNats", value: .nan)
        }
        return Advice(
            law: card.id,
            question: question,
            statement: "With \(ExpertText.number(tokens)) tokens of fine-tuning data the loss is"
                + " expected at \(String(format: "%.4f", loss.value)).",
            quantities: [
                .init("fineTuningTokens", "fine-tuning data", unit: "tokens", value: tokens),
                .init(
                    "lossNats",
                    "predicted loss",
                    unit: "nats per token",
                    value: loss.value,
                    low: loss.runLow,
                    high: loss.runHigh,
                    note: "interval of one new run"
                ),
            ],
            extrapolation: fit.reach(values),
            rivals: rivals(tokens, fit),
            warnings: fit.naiveWarnings
        )
    }

    private static func tokens(
        for target: Double,
        _ fit: NonlinearFit
    ) throws(RecommendError) -> Double {
        guard fit.theta.count == Coordinate.allCases.count else {
            throw .outOfRange(field: "fineTuningTokens", value: .nan)
        }
        let theta = Coordinates<Coordinate>(fit.theta)
        let floor = exp(theta[.logE])
        let term = exp(theta[.logB]) / (target - floor)
        let data = term - exp(theta[.logLearned])
        guard target > floor, data > 0, data.isFinite else {
            throw .refused(
                field: "targetLoss",
                reason: "The law runs from \(ExpertText.number(floor)) with endless data to"
                    + " \(ExpertText.number(exp(theta[.logB] - theta[.logLearned]) + floor)) without"
                    + " any; ask for a loss between."
            )
        }
        return exp(log(data) / theta[.beta] + log(1e7))
    }

    /// The constant and the line through the last three sizes, in ln of both.
    private static func rivals(_ tokens: Double, _ fit: NonlinearFit) -> [Advice.Rival] {
        let points = fit.residuals.compactMap { run in
            run.inputs[Role.fineTuningTokenCount.rawValue].map {
                (x: log($0), y: log(run.observed))
            }
        }
        let rules = NaiveCurve(points)
        return [
            ("constant", "mean of the runs", rules.constant),
            ("last-three", "line through the last three sizes", rules.line(log(tokens))),
        ].map { id, title, value in
            Advice.Rival(
                id: id,
                title: title,
                citation: "naive rule",
                quantities: value.map {
                    [.init("lossNats", "loss", unit: "nats per token", value: exp($0))]
                } ?? [],
                refused: value == nil ? "fewer than three sizes" : nil
            )
        }
    }
}

extension FineTuningJoint: AdvisingLaw {
    package static var reads: Set<Question.Field> { [.parameters, .fineTuningTokens] }

    /// Loss for a size and data, and which of the two is worth more.
    package static func advise(
        _ question: Question,
        from fit: NonlinearFit
    ) throws(RecommendError) -> Advice {
        let size = try question.required(.parameters)
        let tokens = try question.required(.fineTuningTokens)
        let values = [Role.parameterCount: size, .fineTuningTokenCount: tokens]
        guard let loss = predict(values, from: fit), loss.value.isFinite else {
            throw .outOfRange(field: "lossNats", value: .nan)
        }
        func gain(_ role: Role) -> Double? {
            var more = values
            more[role] = 2 * (values[role] ?? .nan)
            return predict(more, from: fit).map { 100 * (1 - $0.value / loss.value) }
        }
        let gains = (size: gain(.parameterCount) ?? 0, data: gain(.fineTuningTokenCount) ?? 0)
        return Advice(
            law: card.id,
            question: question,
            statement: "Twice the model lowers the loss of \(String(format: "%.4f", loss.value)) by"
                + " \(String(format: "%.2f", gains.size)) %, twice the data by"
                + " \(String(format: "%.2f", gains.data)) %.",
            quantities: [
                .init(
                    "lossNats",
                    "predicted loss",
                    unit: "nats per token",
                    value: loss.value,
                    low: loss.low,
                    high: loss.high
                ),
                .init("doubleSizeGain", "gain of twice the model", unit: "%", value: gains.size),
                .init("doubleDataGain", "gain of twice the data", unit: "%", value: gains.data),
            ],
            extrapolation: fit.reach(values),
            warnings: fit.naiveWarnings
        )
    }
}

extension NonlinearFit {
    /// That a naive rule did better on the largest scale, left out.
    var naiveWarnings: [String] {
        guard let law = diagnostics.heldOutErrorPercent,
            let naive = diagnostics.baselineErrorPercent, naive < law
        else { return [] }
        return [
            "Not recommended: on the largest scale, left out, a naive rule errs by"
                + " \(ExpertText.number(naive)) % and this law by \(ExpertText.number(law)) %."
        ]
    }
}

/// Naive rules over one logarithm.
struct NaiveCurve {
    /// In rising order of x, one point per x: the mean of its runs.
    let points: [(x: Double, y: Double)]

    init(_ points: [(x: Double, y: Double)]) {
        var byX: [Double: [Double]] = [:]
        for point in points where point.x.isFinite && point.y.isFinite {
            byX[point.x, default: []].append(point.y)
        }
        self.points = byX.map { ($0.key, $0.value.reduce(0, +) / Double($0.value.count)) }
            .sorted { $0.0 < $1.0 }
    }

    var constant: Double? {
        points.isEmpty ? nil : points.reduce(0) { $0 + $1.y } / Double(points.count)
    }

    func line(_ x: Double) -> Double? {
        let last = points.suffix(3)
        guard last.count == 3 else { return nil }
        let meanX = last.reduce(0) { $0 + $1.x } / 3
        let meanY = last.reduce(0) { $0 + $1.y } / 3
        let spread = last.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        guard spread > 0 else { return nil }
        let slope = last.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / spread
        return meanY + slope * (x - meanX)
    }
}
