import Foundation
import Runs

extension JointExperts: AdvisingLaw {
    package static var reads: Set<Question.Field> { ExpertBudget.reads.union([.experts]) }

    /// Experts, active size and tokens of least loss under a budget of compute (`flops`, serving of
    /// `inferenceTokens` included) or a given number of `tokens`, and of memory (`memoryBytes`).
    ///
    /// Sizes, tokens and experts are looked for within ten times the range of the runs.
    package static func advise(
        _ question: Question,
        from fit: NonlinearFit
    ) throws(RecommendError) -> Advice {
        let search = ExpertSearch(fit, try ExpertBudget(question))
        let choices = search.choices(question[.experts])
        guard let best = choices.min(by: { $0.logLoss < $1.logLoss }) else {
            throw .refused(field: "flops", reason: search.refusal)
        }
        let answer = ExpertAnswer(search: search, choices: choices, best: best, fit: fit)
        return Advice(
            law: card.id,
            question: question,
            statement: answer.statement,
            quantities: answer.quantities,
            tables: answer.tables,
            extrapolation: fit.reach(best.values),
            rivals: answer.rivals,
            warnings: answer.warnings
        )
    }
}

/// The best training for one number of experts.
struct ExpertChoice {
    var experts: Double
    var active: Double
    var total: Double
    var tokens: Double
    var logLoss: Double

    var values: [Role: Double] {
        [.activeParameterCount: active, .tokenCount: tokens, .expertCount: experts]
    }
}

struct ExpertSearch {
    let fit: NonlinearFit
    let budget: ExpertBudget
    let shape: ExpertShape
    private let sizes: Bounds
    private let tokens: Bounds

    init(_ fit: NonlinearFit, _ budget: ExpertBudget) {
        self.fit = fit
        self.budget = budget
        shape = ExpertShape(fit)
        func range(_ role: Role) -> Bounds {
            let range = fit.domain[role.rawValue] ?? Bounds(low: 1, high: 1)
            return Bounds(low: range.low / 10, high: range.high * 10)
        }
        sizes = range(.activeParameterCount)
        tokens = range(.tokenCount)
    }

    /// Dense, and powers of two within the runs' range of experts.
    private var counts: [Double] {
        let range = fit.domain[Role.expertCount.rawValue] ?? Bounds(low: 1, high: 1)
        let powers = (0...20).map { exp2(Double($0)) }
        return powers.filter { $0 >= range.low * 0.999 && $0 <= range.high * 1.001 }
    }

    func choices(_ experts: Double?) -> [ExpertChoice] {
        (experts.map { [max($0, 1)] } ?? counts).compactMap { best($0) }
    }

    /// Least loss over active sizes; nil when none fits.
    func best(_ experts: Double) -> ExpertChoice? {
        if let size = budget.activeParameters { return choice(experts, size) }
        let steps = 400
        let stretch = log(sizes.high / sizes.low) / Double(steps)
        var found = (0...steps).compactMap {
            choice(experts, sizes.low * exp(stretch * Double($0)))
        }
        // The largest size that memory takes, which the grid steps over.
        if let bytes = budget.memoryBytes {
            let edge =
                bytes / ExpertBudget.bytesPerParameter
                / shape.total(active: 1, experts: experts) * (1 - 1e-12)
            if sizes.low...sizes.high ~= edge, let last = choice(experts, edge) {
                found.append(last)
            }
        }
        return found.min { $0.logLoss < $1.logLoss }
    }

    func choice(_ experts: Double, _ size: Double) -> ExpertChoice? {
        let total = shape.total(active: size, experts: experts)
        guard budget.fits(total: total), let length = budget.tokens(active: size),
            tokens.low...tokens.high ~= length
        else { return nil }
        var choice = ExpertChoice(
            experts: experts,
            active: size,
            total: total,
            tokens: length,
            logLoss: 0
        )
        guard let value = logLoss(choice, fit.theta), value.isFinite else { return nil }
        choice.logLoss = value
        return choice
    }

    func logLoss(_ choice: ExpertChoice, _ theta: [Double]) -> Double? {
        let run = Observation(
            runID: RunID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))),
            runName: "",
            values: choice.values
        )
        guard theta.count == JointExperts.Coordinate.allCases.count,
            let input = JointExperts.input(run)
        else { return nil }
        var gradient = Coordinates<JointExperts.Coordinate>()
        return JointExperts.logPrediction(input, Coordinates(theta), &gradient)
    }

    /// Compute of the best dense training with this loss over the budget's, less 1, in per cent.
    func denseExtraPercent(_ best: ExpertChoice) -> Double? {
        guard let flops = budget.flops, budget.tokens == nil, budget.activeParameters == nil else {
            return nil
        }
        var wide = self.budget
        wide.memoryBytes = nil
        func loss(_ factor: Double) -> Double? {
            wide.flops = flops * factor
            return ExpertSearch(fit, wide).best(1)?.logLoss
        }
        var (low, high) = (0.0, log(100.0))
        guard let most = loss(exp(high)), most <= best.logLoss else { return nil }
        for _ in 0..<30 {
            let middle = (low + high) / 2
            if let value = loss(exp(middle)), value <= best.logLoss {
                high = middle
            } else {
                low = middle
            }
        }
        return 100 * expm1(high)
    }

    var refusal: String {
        var parts = [
            "No training within ten times the runs' sizes (\(ExpertText.number(sizes.low)) to"
                + " \(ExpertText.number(sizes.high)) active parameters) and tokens"
                + " (\(ExpertText.number(tokens.low)) to \(ExpertText.number(tokens.high))) fits the"
                + " budget"
        ]
        if let bytes = budget.memoryBytes {
            parts.append("of \(ExpertText.number(bytes)) bytes at 2 bytes a weight")
        }
        if let flops = budget.flops { parts.append("and \(ExpertText.number(flops)) FLOPs") }
        return parts.joined(separator: " ") + ". Change the budget or add runs nearer to it."
    }
}

enum ExpertText {
    static func number(_ value: Double) -> String { String(format: "%.3g", value) }
}
