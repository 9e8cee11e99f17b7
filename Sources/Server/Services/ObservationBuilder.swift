package import Runs
package import ScalingLaws

/// What a project's runs tell a law, and why the others tell it nothing. Pure.
///
/// 1. A finished run takes part; so does one that ended otherwise if it diverged, because that it
///    blew up is what it has to say.
/// 2. All runs count parameters in one way: the project's, else that of most runs. A run that says
///    otherwise is left out, never converted.
package struct ObservationBuilder: Sendable {
    package struct LeftOut: Sendable, Hashable {
        package var runID: RunID
        package var runName: String
        package var reason: String
    }

    package struct Result: Sendable {
        package var observations: [Observation] = []
        package var leftOut: [LeftOut] = []
        /// "unspecified" when no run and no user said.
        package var parameterConvention = "unspecified"
        /// The names of the losses, most frequent first.
        package var lossName = "loss"
    }

    package let resolver: RoleResolver
    package let filter: RunFilter?
    private let needed: [Role]

    /// - Parameter card: the law that asks: which roles a run must have.
    package init(resolver: RoleResolver, card: LawCard, filter: RunFilter? = nil) {
        self.resolver = resolver
        needed = card.inputs
        self.filter = filter
    }

    package func build(_ runs: [Run]) -> Result {
        var result = Result()
        let candidates: [(run: Run, roles: ResolvedRoles)] = runs.compactMap { run in
            guard filter?.matches(run, roles: resolver) ?? true else { return nil }
            return (run, resolver.resolve(run))
        }
        let conventions = candidates.compactMap(\.roles.parameterConvention)
        let wanted = resolver.mapping.parameterConvention ?? Self.mostFrequent(conventions)
        result.parameterConvention = wanted ?? "unspecified"
        var losses: [String] = []
        for (run, roles) in candidates {
            switch observation(run, roles, convention: wanted) {
            case .success(let observation):
                result.observations.append(observation)
                roles.sources[.loss].map { losses.append($0.expression) }
            case .failure(let refusal):
                result.leftOut.append(
                    LeftOut(runID: run.id, runName: run.name, reason: refusal.reason)
                )
            }
        }
        result.lossName = Self.mostFrequent(losses) ?? "loss"
        return result
    }

    private struct Refusal: Error { var reason: String }

    private func observation(
        _ run: Run,
        _ roles: ResolvedRoles,
        convention: String?
    ) -> Swift.Result<Observation, Refusal> {
        let isDiverged = RunViewer.isDiverged(run, roles)
        switch run.status {
        case .finished: break
        case .scheduled, .running: return .failure(Refusal(reason: "It has not finished yet."))
        case .failed, .killed:
            guard isDiverged else {
                return .failure(Refusal(reason: "It was \(run.status.rawValue) before its end."))
            }
        }
        if let convention, let own = roles.parameterConvention, own != convention {
            let reason = "It counts \(own) parameters; this fit counts \(convention) ones."
            return .failure(Refusal(reason: reason))
        }
        for role in needed where roles.values[role] == nil {
            let reason = roles.missing[role] ?? "It is not logged."
            return .failure(Refusal(reason: "\(role.rawValue): \(reason)"))
        }
        return .success(
            Observation(
                runID: run.id,
                runName: run.name,
                values: roles.values
            )
        )
    }

    private static func mostFrequent(_ texts: [String]) -> String? {
        var counts: [String: Int] = [:]
        for text in texts { counts[text, default: 0] += 1 }
        return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }
}
