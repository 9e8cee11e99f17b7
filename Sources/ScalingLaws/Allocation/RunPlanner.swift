import Foundation

/// Chooses further runs by how much they are expected to narrow an answer.
///
/// The draws of the fit are the joint distribution of the answer and of every candidate's loss. A
/// run's outcome, known up to the scatter of runs about the law, moves the answer by their
/// covariance (a serial square-root update of the ensemble), which needs no gradient and no refit.
/// Ways to split the budget are tried in turn; within one, each run is the best ratio of tokens to
/// parameters after the runs before it.
struct RunPlanner {
    let basis: AllocationBasis
    let question: NextRunQuestion
    private let task: AllocationTask
    /// Standard deviation of ln loss of one run about the law.
    private let noise: Double

    private static let ratios = [1.0, 2.5, 6, 15, 40, 100, 250].map { log($0) }

    /// - Parameter scatter: absolute residuals of ln loss.
    init(
        _ basis: AllocationBasis,
        _ question: NextRunQuestion,
        scatter: [Double]
    ) throws(RecommendError) {
        self.basis = basis
        self.question = question
        task = try AllocationTask(question.target, basis.convention)
        noise = max(1e-4, 1.4826 * (Quantiles.middle(scatter.filter(\.isFinite)) ?? 0.005))
        guard (1...64).contains(question.count) else {
            throw .invalidTarget(
                field: "count",
                given: Double(question.count),
                expected: "1 to 64 runs"
            )
        }
        guard question.budgetFLOPs.isFinite, question.budgetFLOPs > 0 else {
            throw .invalidTarget(
                field: "budgetFLOPs",
                given: question.budgetFLOPs,
                expected: "positive"
            )
        }
    }

    func plan() throws(RecommendError) -> NextRunPlan {
        let answers = try answers()
        let splits = [1.0, 0.7, 0.5].map { split(ratio: $0) }
        let plans = splits.compactMap { choose($0, answers) }
        guard let best = plans.min(by: { $0.after < $1.after }) else { throw tooSmall }
        let plain = evenly(answers)
        let before = Ensemble.width(answers.values)
        let gain = max(before - best.after, .leastNormalMagnitude)
        var last = before
        let runs = best.chosen.map { candidate, width in
            defer { last = width }
            return planned(candidate, share: max(0, last - width) / gain)
        }
        return NextRunPlan(
            law: basis.card.id,
            question: question,
            runs: runs,
            totalFLOPs: runs.reduce(0) { $0 + $1.flops },
            criterion: "width of the 90 % interval of ln \(answers.name) at the target",
            before: before,
            after: best.after,
            baselineAfter: plain,
            baselineTitle: "as many runs of equal compute, evenly spread from 5 to 80 tokens a"
                + " parameter",
            warnings: basis.warnings
        )
    }

    private var tooSmall: RecommendError {
        .refused(
            field: "budgetFLOPs",
            reason:
                "No run that \(Texts.short(question.budgetFLOPs)) FLOPs can pay for lies within a"
                + " factor of 10 of the runs of the fit. Raise the budget or ask for fewer runs."
        )
    }

    /// ln of what is asked, one value per draw: N where the question leaves it open, else the loss.
    private func answers() throws(RecommendError) -> (name: String, values: [Double], kept: [Int]) {
        guard let point = task.point(on: basis.best) else {
            throw .refused(
                field: task.field.rawValue,
                reason: "The law has no answer to the target question, so no run can narrow it."
            )
        }
        try basis.check(point, task)
        var values: [Double] = []
        var kept: [Int] = []
        for (index, plane) in basis.draws.enumerated() {
            guard let point = task.point(on: plane) else { continue }
            let value = task.isChosen ? point.logSize : log(plane.loss(point))
            guard value.isFinite else { continue }
            values.append(value)
            kept.append(index)
        }
        guard values.count >= 20 else {
            throw .refused(
                field: "law",
                reason: "The fit has \(values.count) resampled refits that answer the target; plans"
                    + " need 20. Fit again with more draws."
            )
        }
        return (task.isChosen ? "N" : "loss", values, kept)
    }

    private struct Candidate {
        var point: LossPlane.Point
        var logCompute: Double
        /// ln loss, one value per draw.
        var losses: [Double]
    }

    /// Shares of the budget in falling order; `ratio` 1 is an even split.
    private func split(ratio: Double) -> [Double] {
        let weights = (0..<question.count).map { pow(ratio, Double($0)) }
        let sum = weights.reduce(0, +)
        return weights.map { log(question.budgetFLOPs * $0 / sum) }
    }

    private func candidates(_ logCompute: Double, _ kept: [Int]) -> [Candidate] {
        let sum = basis.convention.logTokens(logCompute: logCompute, logSize: 0)
        return Self.ratios.compactMap { ratio in
            candidate(.init(logSize: (sum - ratio) / 2, logTokens: (sum + ratio) / 2), kept)
        }
    }

    /// nil beyond a factor of 10 of the sizes and tokens of the runs.
    private func candidate(_ point: LossPlane.Point, _ kept: [Int]) -> Candidate? {
        guard AllocationBasis.distance(point.logSize, basis.sizes) <= log(10),
            AllocationBasis.distance(point.logTokens, basis.tokens) <= log(10)
        else { return nil }
        let losses = kept.map { log(basis.draws[$0].loss(point)) }
        guard losses.allSatisfy(\.isFinite) else { return nil }
        let compute = basis.convention.logCompute(
            logSize: point.logSize,
            logTokens: point.logTokens
        )
        return Candidate(point: point, logCompute: compute, losses: losses)
    }

    private typealias Plan = (chosen: [(Candidate, width: Double)], after: Double)

    private func choose(
        _ computes: [Double],
        _ answers: (name: String, values: [Double], kept: [Int])
    ) -> Plan? {
        var ensemble = Ensemble(answers.values, noise: noise)
        var chosen: [(Candidate, width: Double)] = []
        for compute in computes {
            let options = candidates(compute, answers.kept)
            let best = options.min {
                ensemble.variance(after: $0.losses) < ensemble.variance(after: $1.losses)
            }
            guard let best else { continue }
            ensemble.learn(best.losses)
            chosen.append((best, ensemble.width))
        }
        return chosen.isEmpty ? nil : (chosen, ensemble.width)
    }

    /// The plain rule that a plan must beat.
    private func evenly(_ answers: (name: String, values: [Double], kept: [Int])) -> Double? {
        var ensemble = Ensemble(answers.values, noise: noise)
        let compute = log(question.budgetFLOPs / Double(question.count))
        let sum = basis.convention.logTokens(logCompute: compute, logSize: 0)
        var learnt = 0
        for index in 0..<question.count {
            let share = question.count > 1 ? Double(index) / Double(question.count - 1) : 0.5
            let ratio = log(5) + share * log(16)
            let point = LossPlane.Point(logSize: (sum - ratio) / 2, logTokens: (sum + ratio) / 2)
            guard let candidate = candidate(point, answers.kept) else { continue }
            ensemble.learn(candidate.losses)
            learnt += 1
        }
        return learnt > 0 ? ensemble.width : nil
    }

    private func planned(_ candidate: Candidate, share: Double) -> PlannedRun {
        let ratio = exp(candidate.point.logTokens - candidate.point.logSize)
        let side =
            ratio < 10
            ? "a large model, few tokens"
            : ratio > 30
                ? "a small model, many tokens" : "near the usual balance"
        return PlannedRun(
            parameterCount: exp(candidate.point.logSize),
            tokenCount: exp(candidate.point.logTokens),
            flops: exp(candidate.logCompute),
            gainShare: share,
            reason: "\(Texts.short(ratio)) tokens a parameter (\(side)) tells most of"
                + " \(Texts.short(exp(candidate.logCompute))) FLOPs after the runs above."
        )
    }
}

/// Draws of an answer, narrowed by outcomes that are known up to noise.
struct Ensemble {
    private var answers: [Double]
    private var learnt: [(column: [Double], gain: Double)] = []
    private let noise: Double

    init(_ answers: [Double], noise: Double) {
        self.answers = Self.centred(answers)
        self.noise = noise
    }

    /// Width of the 90 % interval of the normal distribution with the answers' variance.
    var width: Double { Self.width(answers) }

    static func width(_ values: [Double]) -> Double {
        2 * 1.6449 * covariance(centred(values), centred(values)).squareRoot()
    }

    /// Variance of the answer once this outcome is known.
    func variance(after outcome: [Double]) -> Double {
        let column = current(outcome)
        let shared = Self.covariance(answers, column)
        let own = Self.covariance(column, column)
        return Self.covariance(answers, answers) - shared * shared / (own + noise * noise)
    }

    mutating func learn(_ outcome: [Double]) {
        let column = current(outcome)
        let own = Self.covariance(column, column)
        let total = own + noise * noise
        // The square-root factor makes the variance after the update exact.
        let gain = 1 / (total * (1 + noise / total.squareRoot()))
        answers = Self.shift(answers, column, gain)
        learnt.append((column, gain))
    }

    /// An outcome as it scatters after all that has been learnt.
    private func current(_ outcome: [Double]) -> [Double] {
        learnt.reduce(Self.centred(outcome)) { Self.shift($0, $1.column, $1.gain) }
    }

    private static func shift(_ values: [Double], _ column: [Double], _ gain: Double) -> [Double] {
        let factor = gain * covariance(values, column)
        return zip(values, column).map { $0 - factor * $1 }
    }

    private static func centred(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        return values.map { $0 - mean }
    }

    private static func covariance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(max(a.count - 1, 1))
    }
}
