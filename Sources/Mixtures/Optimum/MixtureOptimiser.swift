import Foundation

/// One target of an optimum.
package struct MixtureTarget: Sendable {
    package var name: String
    /// Share of this target in the objective; not negative.
    package var weight: Double
    package var law: any FittedMixtureLaw

    package init(name: String, weight: Double = 1, law: any FittedMixtureLaw) {
        self.name = name
        self.weight = weight
        self.law = law
    }
}

/// The best mixture under constraints, and what holds it there.
package struct MixtureOptimum: Sendable, Hashable, Codable {
    /// d shares, in the order of the domains.
    package var proportions: [Double]
    /// Weighted sum of the targets' predicted losses.
    package var loss: Double
    package var losses: [String: Double]
    package var binding: [BindingConstraint]
    /// Error of the optimality conditions, relative to the spread of the gradient; nil for laws
    /// with steps.
    package var residual: Double?
    /// Proven to be the best of all; otherwise the best of several starts.
    package var isGlobal: Bool
    package var method: String
}

/// A constraint that the optimum rests on.
package struct BindingConstraint: Sendable, Hashable, Codable {
    package var cause: ConstraintCause
    /// What a unit more of the limit gains: nats (or the targets' unit) per unit proportion for
    /// bounds, caps and groups; per unit L1 distance or nat for balls and ceilings.
    package var price: Double
    /// For epoch caps: what one more unique token of the domain gains.
    package var pricePerToken: Double?
    /// What the loss would fall by without this constraint alone; nil where that has no answer.
    package var cost: Double?
    /// Shares of the optimum minus those without this constraint: what it caused.
    package var moved: [String: Double]?
}

/// Finds best mixtures. Pure and deterministic.
package enum MixtureOptimiser {
    /// - Parameters:
    ///   - starts: mixtures worth starting from where the laws are not convex, best first.
    ///   - explains: whether every binding constraint is also left out once, to tell what it costs.
    package static func optimum(
        domains: [String],
        targets: [MixtureTarget],
        constraints: MixtureConstraints = MixtureConstraints(),
        starts: [[Double]] = [],
        explains: Bool = false,
        seed: UInt64 = 1
    ) throws(MixtureError) -> MixtureOptimum {
        let problem = try OptimumProblem(
            domains: domains,
            targets: targets,
            constraints: constraints,
            seed: seed
        )
        let found = try problem.search(problem.objective, starts)
        return problem.optimum(found, explains: explains)
    }
}

/// Targets and constraints, checked and in one order.
struct OptimumProblem {
    var domains: [String]
    var targets: [MixtureTarget]
    var constraints: MixtureConstraints
    var seed: UInt64
    var discount: RepetitionDiscount?
    var pull: (weight: Double, divergence: Divergence)?
    var reference: [Double]?
    var set: FeasibleSet

    init(
        domains: [String],
        targets: [MixtureTarget],
        constraints: MixtureConstraints,
        seed: UInt64
    ) throws(MixtureError) {
        guard !domains.isEmpty, Set(domains).count == domains.count else {
            throw .invalid(field: "domains", reason: "Domains need names, each of them once.")
        }
        guard targets.contains(where: { $0.weight > 0 }),
            targets.allSatisfy({ $0.weight >= 0 && $0.weight.isFinite })
        else {
            throw .invalid(
                field: "targets",
                reason: "Weights of targets are finite and not negative, and one is above 0."
            )
        }
        self.domains = domains
        self.targets = targets
        self.constraints = constraints
        self.seed = seed
        let reader = ConstraintReader(domains: domains, constraints: constraints, targets: [:])
        reference = try reader.reference()
        if constraints.discountsRepetition {
            let total = try reader.targetTokens()
            let shares = domains.map { (constraints.availableTokens[$0] ?? .infinity) / total }
            discount = RepetitionDiscount(uniqueShare: shares)
        }
        if let weight = constraints.divergenceWeight, weight > 0, let reference {
            pull = (weight, Divergence(reference: reference))
        }
        set = FeasibleSet(domains: domains)
        set = try feasibleSet(constraints)
    }

    func feasibleSet(_ constraints: MixtureConstraints) throws(MixtureError) -> FeasibleSet {
        var laws: [String: any SmoothFunction] = [:]
        for target in targets { laws[target.name] = function(of: [(1, target.law)]) }
        let reader = ConstraintReader(domains: domains, constraints: constraints, targets: laws)
        return try reader.read()
    }

    func function(of terms: [(Double, any FittedMixtureLaw)]) -> MixtureObjective {
        MixtureObjective(
            terms: terms.map {
                MixtureObjective.Term(
                    weight: $0.0,
                    law: discount == nil ? $0.1 : $0.1.withoutRepetition
                )
            },
            discount: discount
        )
    }

    var objective: MixtureObjective {
        var objective = function(of: targets.map { ($0.weight, $0.law) })
        objective.pull = pull
        return objective
    }

    func search(
        _ objective: MixtureObjective,
        _ starts: [[Double]],
        in other: FeasibleSet? = nil,
        barrier: Double = 0.1
    ) throws(MixtureError) -> MixtureSearch.Found {
        try MixtureSearch(
            set: other ?? set,
            function: objective,
            separable: objective.separable,
            seed: seed,
            barrier: barrier
        ).minimise(from: starts)
    }

    func losses(_ proportions: [Double]) -> [String: Double] {
        var losses: [String: Double] = [:]
        for target in targets {
            losses[target.name] = function(of: [(1, target.law)]).value(proportions)
        }
        return losses
    }

    func optimum(_ found: MixtureSearch.Found, explains: Bool) -> MixtureOptimum {
        MixtureOptimum(
            proportions: found.proportions,
            loss: objective.loss(found.proportions),
            losses: losses(found.proportions),
            binding: binding(found, explains: explains),
            residual: found.residual,
            isGlobal: found.isGlobal,
            method: found.method.rawValue
        )
    }
}
