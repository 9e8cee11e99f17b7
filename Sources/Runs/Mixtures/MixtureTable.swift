/// The mixtures and last metric values of a project's runs, on one list of domains. Built once, and
/// read for as many targets as are asked for.
package struct MixtureTable: Sendable {
    package struct Row: Sendable {
        package var id: RunID
        package var name: String
        /// Shares in the order of the table's domains, summing to 1.
        package var shares: [Double]
        package var mixture: RunMixture
        /// Last finite value of each metric.
        package var values: [String: Double]
        /// What the run says of size, tokens and learning rate.
        package var roles: [Role: Double]
        package var tokenizer: String?
        /// Whether its learning rate had decayed at the end; nil when it does not say.
        package var isAnnealed: Bool?
        /// Its metrics are better when they are greater, such as accuracies.
        package var isHigherBetter: Bool
    }

    package struct LeftOut: Sendable, Hashable {
        package var runID: RunID
        package var runName: String
        package var reason: String
    }

    /// Sorted by name; every domain that any row names.
    package var domains: [String] = []
    /// In the order of the runs.
    package var rows: [Row] = []
    /// Runs that have a mixture and cannot be used, or were made for one and lack it.
    package var leftOut: [LeftOut] = []
    /// Runs without any word of a mixture.
    package var withoutMixture = 0
    package var warnings: [MixtureWarning] = []

    /// - Parameters:
    ///   - runs: with params and metric summaries.
    ///   - resolver: the project's names for size, tokens and learning rate.
    package init(_ runs: [Run], _ resolver: RoleResolver, where filter: RunFilter? = nil) {
        for run in runs where filter?.matches(run, roles: resolver) ?? true {
            let mixture: RunMixture?
            do {
                mixture = try RunMixture(params: run.params)
            } catch {
                let name = error.name.map { "\($0): " } ?? ""
                leaveOut(run, name + error.reason + ".")
                continue
            }
            guard let mixture else {
                withoutMixture += 1
                continue
            }
            if let reason = Self.refusal(run) {
                leaveOut(run, reason)
            } else {
                rows.append(Row(run, mixture, resolver))
            }
        }
        domains = Set(rows.flatMap { $0.mixture.effective.shares.keys }).sorted()
        for index in rows.indices {
            let shares = rows[index].mixture.effective.shares
            rows[index].shares = domains.map { shares[$0] ?? 0 }
        }
        warnings = MixtureChecks(self).warnings()
    }

    /// Unique tokens by domain: the least that any row says.
    package var availableTokens: [String: Double] {
        rows.reduce(into: [:]) { $0.merge($1.mixture.availableTokens, uniquingKeysWith: min) }
    }

    /// Every metric of the rows with the number of rows that have a finite value of it, most first.
    package var targets: [(name: String, count: Int)] {
        var counts: [String: Int] = [:]
        for row in rows { for name in row.values.keys { counts[name, default: 0] += 1 } }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { ($0.key, $0.value) }
    }

    private mutating func leaveOut(_ run: Run, _ reason: String) {
        leftOut.append(LeftOut(runID: run.id, runName: run.name, reason: reason))
    }

    private static func refusal(_ run: Run) -> String? {
        switch run.status {
        case .scheduled, .running: "It has not finished yet."
        case .failed, .killed: "It was \(run.status.rawValue) before its end."
        case .finished: run.tags[DivergedTag.name] == "true" ? "It diverged." : nil
        }
    }
}

extension MixtureTable.Row {
    /// A run whose metrics are better when greater says so by this tag's value `higher`.
    package static let directionTag = "isoloss.metricDirection"

    init(_ run: Run, _ mixture: RunMixture, _ resolver: RoleResolver) {
        let resolved = resolver.resolve(run, isExplaining: false).values
        id = run.id
        name = run.name
        shares = []
        self.mixture = mixture
        values = run.metrics.compactMapValues { $0.lastValue.isFinite ? $0.lastValue : nil }
        roles = resolved
        tokenizer =
            ["tokenizer", "tokenizer_name", "tokenizer_id", "tokenizer_path"]
            .lazy.compactMap { run.params[$0] ?? run.tags[$0] }.first
        isAnnealed = Self.isAnnealed(run, peak: resolved[.peakLearningRate])
        isHigherBetter = run.tags[Self.directionTag] == "higher"
    }

    /// By the run's own word, else by its last learning rate over its peak: every usual decay ends
    /// far below half.
    private static func isAnnealed(_ run: Run, peak: Double?) -> Bool? {
        for name in ["annealed", "isAnnealed", "is_annealed"] {
            switch (run.params[name] ?? run.tags[name])?.lowercased() {
            case "true", "1", "yes": return true
            case "false", "0", "no": return false
            default: continue
            }
        }
        let names = ["lr", "learning_rate", "train/lr", "train/learning_rate"]
        let last = names.lazy.compactMap { run.metrics[$0] }.first
        guard let last, let top = peak ?? last.maximum, top > 0, last.lastValue.isFinite else {
            return nil
        }
        return last.lastValue < top / 2
    }
}
