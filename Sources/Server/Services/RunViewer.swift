package import API
package import Runs

/// Shows runs as the native wire does: with what the laws read in them and the state a person would
/// name. Pure; the clock is a value.
package struct RunViewer: Sendable {
    package let resolver: RoleResolver
    /// Microseconds since 1970.
    package let now: Int64
    /// A running run that is silent for longer counts as stalled, unless it logs rarely.
    package let stalledAfterSeconds: Int64
    /// So many of a run's own intervals between points are no silence yet.
    package static let quietIntervals: Int64 = 10

    package init(resolver: RoleResolver, now: Int64, stalledAfterSeconds: Int64 = 300) {
        self.resolver = resolver
        self.now = now
        self.stalledAfterSeconds = stalledAfterSeconds
    }

    package func message(_ run: Run) -> RunMessage {
        let roles = resolver.resolve(run, isExplaining: false)
        return RunMessage(
            run: run,
            state: state(of: run, roles: roles),
            roles: roles.values,
            note: run.tags[MLflowTag.note]
        )
    }

    package func state(of run: Run, roles: ResolvedRoles) -> RunMessage.State {
        if Self.isDiverged(run, roles) { return .diverged }
        switch run.status {
        case .scheduled: return .scheduled
        case .finished: return .finished
        case .failed: return .failed
        case .killed: return .killed
        case .running:
            let silence = now - run.heardAt
            return silence > patience(with: run) ? .stalled : .running
        }
    }

    /// How long the run may be silent, in microseconds: the setting, or ten times the mean time
    /// between the points of the metric it logs most often.
    func patience(with run: Run) -> Int64 {
        let intervals = run.metrics.values.compactMap { metric -> Int64? in
            let duration = metric.lastTime.subtractingReportingOverflow(run.startTime)
            guard metric.pointCount > 1, !duration.overflow, duration.partialValue > 0 else {
                return nil
            }
            return duration.partialValue / metric.pointCount
        }
        let own = (intervals.min() ?? 0).multipliedReportingOverflow(by: Self.quietIntervals)
        return max(stalledAfterSeconds * 1_000_000, own.overflow ? Int64.max : own.partialValue)
    }

    /// Marked so, or with a loss that is no number.
    package static func isDiverged(_ run: Run, _ roles: ResolvedRoles) -> Bool {
        if run.tags[DivergedTag.name] == "true" { return true }
        return roles.values[.loss].map { !$0.isFinite } ?? false
    }
}
