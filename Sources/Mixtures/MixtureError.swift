/// Why a mixture law, an optimum or a design cannot be had from what was given, with the numbers a
/// person needs to change that.
package enum MixtureError: Error, Sendable, Hashable {
    case tooFewRuns(law: String, needed: Int, found: Int)
    /// These domains have the same proportion in all runs.
    case neverVary(domains: [String])
    /// The losses of all runs are the same.
    case noSpread(target: String, value: Double)
    case didNotConverge(law: String, starts: Int)
    /// Predictions of the law at the corners of the simplex, or on runs left out, are nonsense.
    case degenerate(law: String, reason: String)
    /// No mixture satisfies all constraints; the reason names the smallest set in conflict and by
    /// how much.
    case infeasible(constraints: [String], excess: Double)
    /// A setting of the request; `reason` says what was expected.
    case invalid(field: String, reason: String)
    case cancelled

    package var message: String {
        switch self {
        case .tooFewRuns(let law, let needed, let found):
            "\(law) needs at least \(needed) finished runs with a mixture and this target; \(found)"
                + " have both. Add runs, or use a law with fewer parameters."
        case .neverVary(let domains):
            "The proportion of \(domains.joined(separator: ", ")) is the same in every run, so what"
                + " it does is unknown. Vary it, or leave it out of the domains."
        case .noSpread(let target, let value):
            "\(target) is \(value) in every run; a law needs runs that differ in it."
        case .didNotConverge(let law, let starts):
            "\(law) found no minimum from \(starts) starting points. Look for runs with wrong units"
                + " or a target that is not a loss."
        case .degenerate(let law, let reason):
            "\(law) is not usable on these runs: \(reason)"
        case .infeasible(let constraints, let excess):
            "No mixture satisfies these constraints together, by \(excess): "
                + constraints.joined(separator: "; ") + ". Loosen one of them."
        case .invalid(_, let reason): reason
        case .cancelled: "The computation was cancelled."
        }
    }

    /// The part of a request that is at fault.
    package var field: String? {
        switch self {
        case .invalid(let field, _): field
        case .infeasible: "constraints"
        default: nil
        }
    }
}
