import Foundation

/// Skill-It (arXiv 2307.14430): weights rise where a domain teaches targets whose loss is still
/// high, by a graph of what teaches what. It always restarts from the first weights.
package struct SkillIt: OnlineRule {
    package static let card = OnlineRuleCard(
        id: "skill-it",
        title: "Skill-It",
        equation: "w_i ∝ w0_i exp(η Σ_j A_ij L_j), L: losses of the last steps",
        citation: "Chen et al., arXiv 2307.14430, and its code",
        settings: [
            .init("eta", "step size per nat", 0.2, 0...1000),
            .init("window", "observations that L reaches back", 3, 1...1000),
            .init("divideByFirst", "1: losses relative to the first ones", 0, 0...1),
        ],
        reads: ["losses"],
        averages: false,
        note: "L is the sum over the window where targets are the domains themselves, and the mean"
            + " where they are others. The graph comes from runs on pairs of domains."
    )

    private let eta: Double
    private let window: Int
    private let isRelative: Bool
    private let targets: [String]
    /// Rows are domains, columns targets.
    private let graph: [[Double]]
    private let isSummed: Bool
    private let start: [Double]
    private var recent: [[Double]] = []
    private var first: [Double]?
    package private(set) var weights: [Double]

    package init(_ setup: OnlineSetup) throws(MixtureError) {
        eta = setup.setting("eta")
        window = Int(setup.setting("window"))
        isRelative = setup.setting("divideByFirst") >= 0.5
        start = setup.start
        weights = setup.start
        let names = Set(setup.graph?.values.flatMap { $0.keys } ?? []).sorted()
        let isOwn = Set(names).isSubset(of: setup.domains)
        targets = isOwn ? setup.domains : names
        isSummed = isOwn
        guard let graph = setup.graph, !names.isEmpty else {
            throw .invalid(
                field: "graph",
                reason: "Skill-It needs a graph: {domain: {target: strength}}, what a token of the"
                    + " domain does for the loss of the target."
            )
        }
        try PresetInput.checkNames("graph", graph.keys, within: setup.domains)
        guard graph.values.allSatisfy({ $0.values.allSatisfy { abs($0) <= 1e6 } }) else {
            throw .invalid(field: "graph", reason: "A strength in graph is not within -1e6 … 1e6.")
        }
        let columns = targets
        self.graph = setup.domains.map { name in columns.map { graph[name]?[$0] ?? 0 } }
    }

    package mutating func observe(_ sample: OnlineSample) throws(MixtureError) {
        var losses: [Double] = []
        for name in targets {
            guard let loss = sample.allLosses[name] else {
                throw .invalid(
                    field: "losses",
                    reason: "Skill-It reads the loss of every target; that of \(name) is missing."
                )
            }
            losses.append(loss)
        }
        let base = first ?? losses
        first = base
        recent.append(isRelative ? zip(losses, base).map { $1 > 0 ? $0 / $1 : $0 } : losses)
        recent.removeFirst(max(0, recent.count - window))
        let scale = isSummed ? 1 : 1 / Double(recent.count)
        let window = targets.indices.map { column in
            scale * recent.reduce(0) { $0 + $1[column] }
        }
        let logits = graph.map { row in eta * zip(row, window).reduce(0) { $0 + $1.0 * $1.1 } }
        weights = Simplex.reweighted(start, by: logits)
    }
}
