/// A metric that tells how many tokens a run has seen.
package enum TokenMetric: Sendable, Hashable {
    /// All tokens so far.
    case total(String)
    /// Tokens in each step, which changed over the run.
    case perStep(String)

    package var name: String {
        switch self {
        case .total(let name), .perStep(let name): name
        }
    }

    /// The best one a run logged, under the names that programs log tokens by; nil when none
    /// changed over the run.
    package init?(of run: Run) {
        if let name = Self.best(.tokenCount, run) {
            self = .total(name)
        } else if let name = Self.best(.batchTokens, run) {
            self = .perStep(name)
        } else {
            return nil
        }
    }

    private static func best(_ role: Role, _ run: Run) -> String? {
        run.metrics.filter { name, summary in
            guard RoleAliases.ranks[name]?.role == role, summary.pointCount > 1,
                let least = summary.minimum, let greatest = summary.maximum
            else { return false }
            return least >= 0 && least < greatest
        }
        .keys.min { left, right in
            (RoleAliases.ranks[left]?.rank ?? .max, left)
                < (RoleAliases.ranks[right]?.rank ?? .max, right)
        }
    }
}
