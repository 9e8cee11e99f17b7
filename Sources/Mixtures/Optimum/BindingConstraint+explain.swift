extension OptimumProblem {
    /// The constraints that hold a mixture, dearest first; each left out alone when `explains`.
    func binding(_ found: MixtureSearch.Found, explains: Bool) -> [BindingConstraint] {
        let sorted = found.prices.sorted { $0.price > $1.price }
        return sorted.map { cause, price in
            var binding = BindingConstraint(cause: cause, price: price)
            if cause.kind == .epochCap, let total = constraints.targetTokens,
                let epochs = constraints.domainEpochs[cause.subject] ?? constraints.maximumEpochs
            {
                binding.pricePerToken = price * epochs / total
            }
            if explains, let without = without(cause, found) {
                binding.cost = max(0, found.value - without.value)
                var moved: [String: Double] = [:]
                for (index, domain) in domains.enumerated() {
                    let change = found.proportions[index] - without.proportions[index]
                    if abs(change) > 1e-4 { moved[domain] = change }
                }
                binding.moved = moved
            }
            return binding
        }
    }

    private func without(
        _ cause: ConstraintCause,
        _ found: MixtureSearch.Found
    ) -> MixtureSearch.Found? {
        var looser = set
        looser.rows.removeAll { $0.cause == cause }
        looser.limits.removeAll { $0.cause == cause }
        looser.balls.removeAll { $0.cause == cause }
        return try? search(objective, [found.proportions], in: looser)
    }
}
