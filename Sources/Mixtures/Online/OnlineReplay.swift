/// What a rule would have chosen at each step of a run that was logged under another mixture. The
/// losses stay those of the logged run: the rule's own choice would have changed them, so a replay
/// shows where the rule points, not what it would have gained.
package struct OnlineReplay: Sendable, Hashable, Codable {
    package var rule: String
    package var trace: [Point]
    package var weights: [String: Double]
    package var answer: [String: Double]
    /// Steps that were left out, with why; at most 20.
    package var skipped: [String]
    /// The fixed weights it started from, beside it: mean over steps of Σ |w − start|.
    package var distanceToStratified: Double
    /// Mean over steps of Σ_i w_i loss_i with the weights held before the step, over steps that
    /// measured all domains; nil without such steps.
    package var sampledLoss: Double?
    /// The same for the stratified baseline.
    package var stratifiedLoss: Double?

    package struct Point: Sendable, Hashable, Codable {
        package var step: Int64
        package var weights: [String: Double]
    }

    static let skippedLimit = 20

    /// - Parameter observations: of one run; put in order of steps here, repeats dropped.
    package init(
        _ specification: OnlineSpecification,
        _ observations: [OnlineObservation]
    ) throws(MixtureError) {
        var mixture = try OnlineMixture(specification)
        var base = specification
        base.rule = StratifiedSampling.card.id
        (base.settings, base.graph) = (nil, nil)
        let start = try OnlineMixture(base).weights
        rule = specification.rule
        trace = []
        skipped = []
        var (distance, own, stratified) = (0.0, 0.0, 0.0)
        var measured = 0
        for observation in observations.sorted(by: { $0.step < $1.step }) {
            let before = mixture.weights
            do {
                guard try mixture.observe(observation) == .moved else { continue }
            } catch {
                if skipped.count < Self.skippedLimit {
                    skipped.append("step \(observation.step): \(error.message)")
                }
                continue
            }
            let now = mixture.weights
            trace.append(Point(step: observation.step, weights: now))
            distance += start.reduce(0) { $0 + abs($1.value - (now[$1.key] ?? 0)) }
            if let losses = observation.losses, start.keys.allSatisfy({ losses[$0] != nil }) {
                measured += 1
                own += Self.mean(before, losses)
                stratified += Self.mean(start, losses)
            }
        }
        guard !trace.isEmpty else {
            throw .invalid(
                field: "observations",
                reason: skipped.first.map { "No step could be replayed; \($0)" }
                    ?? "There is no observation to replay."
            )
        }
        weights = mixture.weights
        answer = mixture.answer
        distanceToStratified = distance / Double(trace.count)
        sampledLoss = measured > 0 ? own / Double(measured) : nil
        stratifiedLoss = measured > 0 ? stratified / Double(measured) : nil
    }

    private static func mean(_ weights: [String: Double], _ losses: [String: Double]) -> Double {
        weights.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * (losses[$1.key] ?? 0) }
    }
}
