import Foundation
import Runs

/// Mistakes in tables of runs that bend a law without stopping its fit, told from the numbers
/// alone.
package enum DataTraps {
    /// What looks wrong, with numbers and what to do; empty when nothing does.
    package static func warnings(_ observations: [Observation]) -> [String] {
        let runs = observations.filter { $0.lossNats.isFinite && $0.lossNats > 0 }
        guard runs.count >= 4 else { return [] }
        return [
            swapped(runs), smallCounts(runs), mixedUnits(runs, .parameterCount, "model sizes"),
            mixedUnits(runs, .tokenCount, "token counts"), notNats(runs), otherTokens(runs),
            otherCompute(runs), embeddings(runs), checkpoints(runs), repeats(runs),
        ].compactMap(\.self)
    }

    private static func swapped(_ runs: [Observation]) -> String? {
        let ratios = runs.map { $0.tokenCount / $0.parameterCount }.filter(\.isFinite)
        guard let ratio = Quantiles.middle(ratios), ratio < 0.2 else { return nil }
        return
            "Half of the runs have fewer than \(Texts.short(ratio)) tokens a parameter: are model"
            + " size and tokens swapped?"
    }

    private static func smallCounts(_ runs: [Observation]) -> String? {
        for (role, name) in [(Role.parameterCount, "parameters"), (.tokenCount, "tokens")] {
            let values = runs.map { $0[role] }.filter(\.isFinite)
            guard let middle = Quantiles.middle(values), middle < 1e4 else { continue }
            return "The median of \(role.rawValue) is \(Texts.short(middle)): is it logged in"
                + " millions or billions of \(name)? Answers are in the same unit."
        }
        return nil
    }

    /// Two groups of values hundreds of times apart.
    private static func mixedUnits(_ runs: [Observation], _ role: Role, _ name: String) -> String? {
        let sorted = runs.map { $0[role] }.filter { $0.isFinite && $0 > 0 }.sorted()
        for (low, high) in zip(sorted, sorted.dropFirst()) where high / low > 300 {
            return "The \(name) have a gap from \(Texts.short(low)) to \(Texts.short(high)): are"
                + " some in other units?"
        }
        return nil
    }

    /// A uniform guess over 160,000 tokens costs 12 nats.
    private static func notNats(_ runs: [Observation]) -> String? {
        guard let most = runs.map(\.lossNats).max(), let least = runs.map(\.lossNats).min() else {
            return nil
        }
        if most > 20 {
            return
                "The largest loss is \(Texts.short(most)), more than a uniform guess costs: is it"
                + " a perplexity or a sum over tokens?"
        }
        guard most / least > 8 else { return nil }
        return "Losses reach from \(Texts.short(least)) to \(Texts.short(most)): are some of other"
            + " data, other tokenisers or runs that blew up?"
    }

    /// D against steps times batch; below it a row is a checkpoint of a longer schedule.
    private static func otherTokens(_ runs: [Observation]) -> String? {
        let ratios = runs.map { $0[.stepCount] * $0.batchTokens / $0.tokenCount }
            .filter(\.isFinite)
        let longer = ratios.count { $0 > 1.05 }
        let shorter = ratios.count { $0 < 0.95 }
        if longer * 10 > ratios.count, longer >= shorter, longer > 0 {
            return "\(longer) runs had more steps × batch than tokens: if they are checkpoints of"
                + " longer schedules, their loss was not annealed and the law bends; use runs that"
                + " ended."
        }
        guard shorter * 10 > ratios.count, shorter > 0 else { return nil }
        return
            "\(shorter) runs have more tokens than steps × batch: is tokenCount the planned count,"
            + " or batch in sequences?"
    }

    private static func otherCompute(_ runs: [Observation]) -> String? {
        let ratios = runs.map { $0[.computeFLOPs] / (6 * $0.parameterCount * $0.tokenCount) }
            .filter { $0.isFinite && $0 > 0 }
        guard let middle = Quantiles.middle(ratios), !(0.5...2).contains(middle) else { return nil }
        return "Compute is \(Texts.short(middle)) times 6·N·D in the median run: is one of"
            + " parameterCount, tokenCount and computeFLOPs mislabelled?"
    }

    /// N against the count without embeddings, or compute whose factor moves with N.
    private static func embeddings(_ runs: [Observation]) -> String? {
        let shares = runs.map { 1 - $0[.nonEmbeddingParameterCount] / $0.parameterCount }
            .filter(\.isFinite)
        if let most = shares.max(), let least = shares.min(), most > 0.15, most - least > 0.1 {
            return
                "Embeddings are \(Texts.short(100 * least)) to \(Texts.short(100 * most)) % of the"
                + " parameters: the exponent of N depends on whether they count. Fit both counts."
        }
        let factors = runs.map {
            (n: $0.parameterCount, k: $0[.computeFLOPs] / ($0.parameterCount * $0.tokenCount))
        }.filter { $0.k.isFinite && $0.k > 0 && $0.n.isFinite }.sorted { $0.n < $1.n }
        guard factors.count >= 8 else { return nil }
        let quarter = factors.count / 4
        guard let small = Quantiles.middle(factors.prefix(quarter).map(\.k)),
            let large = Quantiles.middle(factors.suffix(quarter).map(\.k)),
            abs(small / large - 1) > 0.15
        else { return nil }
        return "Compute per parameter and token goes from \(Texts.short(small)) in small models to"
            + " \(Texts.short(large)) in large ones: N leaves out or adds what compute does not,"
            + " such as embeddings or attention."
    }

    /// Four or more equally spaced token counts of one configuration.
    private static func checkpoints(_ runs: [Observation]) -> String? {
        var groups: [[Double?]: Set<Double>] = [:]
        for run in runs where run.tokenCount.isFinite {
            let roles: [Role] = [.parameterCount, .peakLearningRate, .batchTokens]
            groups[roles.map { run.values[$0] }, default: []].insert(run.tokenCount)
        }
        var rows = 0
        for tokens in groups.values where tokens.count >= 4 {
            let sorted = tokens.sorted()
            let gaps = zip(sorted, sorted.dropFirst()).map { $1 - $0 }
            guard let least = gaps.min(), let most = gaps.max(), most < 1.02 * least else {
                continue
            }
            rows += tokens.count
        }
        guard rows * 4 >= runs.count, rows > 0 else { return nil }
        return "\(rows) rows have equally spaced token counts at one setting, like checkpoints of"
            + " one run: a loss in mid-schedule is higher than that of a run that ends there."
    }

    private static func repeats(_ runs: [Observation]) -> String? {
        let distinct = Set(runs.map(\.values)).count
        let copies = runs.count - distinct
        guard copies * 50 >= runs.count, copies > 0 else { return nil }
        return
            "\(copies) of \(runs.count) runs repeat another in every value: imported twice? Copies"
            + " count double and make intervals too narrow."
    }
}
