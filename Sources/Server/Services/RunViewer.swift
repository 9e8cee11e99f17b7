package import API
package import Runs

/// Shows runs as the native wire does: with what the laws read in them and the state a person would
/// name. Pure; the clock is a value.
package struct RunViewer: Sendable {
    /// A running run that is silent for longer counts as stalled.
    package static let stalledAfterSeconds: Int64 = 240

    package let resolver: RoleResolver
    /// Microseconds since 1970.
    package let now: Int64

    package init(resolver: RoleResolver, now: Int64) {
        self.resolver = resolver
        self.now = now
    }

    package func message(_ run: Run) -> RunMessage {
        let roles = resolver.resolve(run)
        return RunMessage(run: run, state: state(of: run, roles: roles), roles: roles.values)
    }

    package func state(of run: Run, roles: ResolvedRoles) -> RunMessage.State {
        if Self.isDiverged(run, roles) { return .diverged }
        switch run.status {
        case .scheduled: return .scheduled
        case .finished: return .finished
        case .failed: return .failed
        case .killed: return .killed
        case .running:
            let silence = now - run.updatedAt
            return silence > Self.stalledAfterSeconds * 1_000_000 ? .stalled : .running
        }
    }

    /// Marked so, or with a loss that is no number.
    package static func isDiverged(_ run: Run, _ roles: ResolvedRoles) -> Bool {
        if run.tags[DivergedTag.name] == "true" { return true }
        return roles.values[.loss].map { !$0.isFinite } ?? false
    }
}
