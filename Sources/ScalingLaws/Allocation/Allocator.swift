import Foundation

/// Answers questions about size, tokens and compute from loss planes.
struct Allocator {
    let basis: AllocationBasis
    let question: Question
    let task: AllocationTask

    init(_ basis: AllocationBasis, _ question: Question) throws(RecommendError) {
        self.basis = basis
        self.question = question
        task = try AllocationTask(question, basis.convention)
    }

    func advice() throws(RecommendError) -> Advice {
        let point = try bestPoint()
        let drawn = basis.draws.map { plane in
            task.point(on: plane).map { (plane: plane, point: $0) }
        }
        let answered = drawn.compactMap { $0 }
        guard answered.count * 10 >= drawn.count * 9 else {
            throw .refused(
                field: task.field.rawValue,
                reason: "\(drawn.count - answered.count) of \(drawn.count) resampled fits have no"
                    + " answer here, so neither has the law. Add runs nearer to the question."
            )
        }
        let quantities = quantities(point, answered)
        return Advice(
            law: basis.card.id,
            question: question,
            statement: statement(point, quantities),
            quantities: quantities,
            tables: task.isChosen ? [nearby(point)] : [],
            extrapolation: basis.reach(point),
            rivals: rivals(point),
            warnings: warnings(point, quantities)
        )
    }

    func bestPoint() throws(RecommendError) -> LossPlane.Point {
        guard let point = task.point(on: basis.best), basis.best.loss(point).isFinite else {
            throw .refused(field: task.field.rawValue, reason: noPointReason)
        }
        try basis.check(point, task)
        return point
    }

    private var noPointReason: String {
        switch task {
        case .target(let loss), .targetAndServing(let loss, _):
            "The law never reaches a loss of \(Texts.short(loss)): it lies below its floor or above"
                + " its losses. Ask for a loss nearer to those of the runs."
        default:
            "The law has no optimum here. Add runs that differ more in tokens per parameter."
        }
    }

    private func warnings(_ point: LossPlane.Point, _ quantities: [Advice.Quantity]) -> [String] {
        var warnings = basis.warnings
        let compute = basis.convention.logCompute(
            logSize: point.logSize,
            logTokens: point.logTokens
        )
        let distance = AllocationBasis.distance(compute, basis.computes)
        if distance > log(AllocationBasis.warnedFactor) {
            warnings.append(
                "The answer lies at \(Texts.short(exp(distance))) times the compute of the nearest"
                    + " runs; errors of form grow with that factor and are not in the intervals."
            )
        }
        for quantity in quantities {
            guard let low = quantity.low, let high = quantity.high, low > 0, high > 8 * low else {
                continue
            }
            warnings.append(
                "\(quantity.title) is known to a factor of \(Texts.short(high / low)) only."
            )
        }
        return warnings
    }
}

extension Allocator {
    typealias Drawn = (plane: LossPlane, point: LossPlane.Point)

    func quantities(_ point: LossPlane.Point, _ drawn: [Drawn]) -> [Advice.Quantity] {
        let convention = basis.convention
        func quantity(
            _ name: String,
            _ title: String,
            _ unit: String,
            _ value: (LossPlane, LossPlane.Point) -> Double
        ) -> Advice.Quantity {
            let best = value(basis.best, point)
            let values = drawn.map { value($0.plane, $0.point) }.filter(\.isFinite).sorted()
            guard values.count >= 20 else {
                return .init(name, title, unit: unit, value: best, note: "the fit has no draws")
            }
            let tail = Int(Double(values.count - 1) * 0.05)
            return .init(
                name,
                title,
                unit: unit,
                value: best,
                low: min(values[tail], best),
                high: max(values[values.count - 1 - tail], best)
            )
        }
        var all = [
            quantity("parameterCount", "model size N", "parameters") { exp($1.logSize) },
            quantity("tokenCount", "training tokens D", "tokens") { exp($1.logTokens) },
            quantity("tokensPerParameter", "tokens per parameter", "1") {
                exp($1.logTokens - $1.logSize)
            },
            quantity("lossNats", "predicted loss", "nats per token") { $0.loss($1) },
            quantity("trainingFLOPs", "training compute, \(convention.name)", "FLOPs") {
                exp(convention.logCompute(logSize: $1.logSize, logTokens: $1.logTokens))
            },
        ]
        if let served = task.served {
            all += [
                quantity("totalFLOPs", "training and serving compute", "FLOPs") {
                    exp(
                        convention.logTotal(
                            logSize: $1.logSize,
                            logTokens: $1.logTokens,
                            served: served
                        )
                    )
                },
                quantity("savedPercent", "saved against the plain optimum of that loss", "%") {
                    Self.saved(on: $0, at: $1, served: served)
                },
            ]
        }
        for (place, also) in basis.alsoAdvised.enumerated() {
            all.append(
                quantity(also.name, also.title, also.unit) { plane, point in
                    let values = plane.extras(point)
                    return place < values.count ? values[place] : .nan
                }
            )
        }
        return all
    }

    /// Total compute saved against the training optimum of equal loss, in per cent.
    static func saved(on plane: LossPlane, at point: LossPlane.Point, served: Double) -> Double {
        guard let compute = plane.logCompute(reaching: plane.loss(point)),
            let plain = plane.best(logCompute: compute)
        else { return .nan }
        func total(_ point: LossPlane.Point) -> Double {
            plane.convention.logTotal(
                logSize: point.logSize,
                logTokens: point.logTokens,
                served: served
            )
        }
        return 100 * (1 - exp(total(point) - total(plain)))
    }

    func statement(_ point: LossPlane.Point, _ quantities: [Advice.Quantity]) -> String {
        func text(_ index: Int) -> String {
            let quantity = quantities[index]
            let value = Texts.short(quantity.value)
            guard let low = quantity.low, let high = quantity.high, low < high else { return value }
            return "\(value) [\(Texts.short(low)), \(Texts.short(high))]"
        }
        let compute = Texts.short(quantities[4].value)
        let what =
            task.isChosen
            ? "Train \(text(0)) parameters on \(text(1)) tokens, \(text(2)) tokens a parameter"
            : "\(text(0)) parameters on \(text(1)) tokens"
        return "\(what): loss \(text(3)) for \(compute) FLOPs of training"
            + " (\(basis.convention.name); 90 % intervals)."
    }

    /// The same compute at sizes about the answer: how flat the optimum is.
    private func nearby(_ point: LossPlane.Point) -> Advice.Table {
        let plane = basis.best
        let least = plane.loss(point)
        let compute = basis.convention.logCompute(
            logSize: point.logSize,
            logTokens: point.logTokens
        )
        let rows: [[Advice.Cell]] = [0.25, 0.5, 0.71, 1, 1.41, 2, 4].map { factor in
            let size = point.logSize + log(factor)
            let other = LossPlane.Point(
                logSize: size,
                logTokens: basis.convention.logTokens(logCompute: compute, logSize: size)
            )
            let loss = plane.loss(other)
            return [
                .number(exp(other.logSize)), .number(exp(other.logTokens)), .number(loss),
                .number(100 * (loss / least - 1)),
                extraCompute(other).map { .number($0) } ?? .text("–"),
            ]
        }
        return Advice.Table(
            title: "The same training compute at other sizes",
            columns: [
                "parameters", "tokens", "loss, nats per token", "above the answer, % of loss",
                "extra compute, %",
            ],
            rows: rows
        )
    }

    /// Compute that a point wastes: its own above that of the cheapest point of equal loss, in per
    /// cent.
    func extraCompute(_ point: LossPlane.Point) -> Double? {
        let own = basis.convention.logCompute(logSize: point.logSize, logTokens: point.logTokens)
        let loss = basis.best.loss(point)
        guard loss.isFinite, let needed = basis.best.logCompute(reaching: loss) else { return nil }
        return 100 * max(0, expm1(own - needed))
    }
}
