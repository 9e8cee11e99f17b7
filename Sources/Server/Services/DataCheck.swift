package import API
package import Runs
import ScalingLaws

/// Looks through the runs of a project for what misleads a law or a reader, before anything is
/// fitted. Pure.
package struct DataCheck: Sendable {
    package typealias Check = DataCheckMessage.Check

    private let runs: [Run]
    private let resolver: RoleResolver
    private let resolved: [ResolvedRoles]
    private let states: [RunMessage.State]

    /// Runs that a check names; the others are counted.
    package static let namedRunCount = 50
    /// A loss this much above the least of its run, in per cent, ended badly.
    private static let riseNoticedPercent = 5.0
    /// Roles without which most laws cannot read a run.
    private static let needed: [Role] = [
        .loss, .parameterCount, .tokenCount, .peakLearningRate, .batchTokens,
    ]

    package init(_ runs: [Run], viewer: RunViewer) {
        self.runs = runs
        resolver = viewer.resolver
        resolved = runs.map { viewer.resolver.resolve($0) }
        states = zip(runs, resolved).map { viewer.state(of: $0, roles: $1) }
    }

    package func message() -> DataCheckMessage {
        var dirty: Set<RunID> = []
        var checks: [Check] = []
        func add(_ found: (check: Check, runs: [Run])?) {
            guard let (told, runs) = found else { return }
            var check = told
            check.count = runs.count
            check.runs = runs.prefix(Self.namedRunCount).map { .init(id: $0.id, name: $0.name) }
            checks.append(check)
            if check.severity != .info { dirty.formUnion(runs.map(\.id)) }
        }
        for role in Self.needed { add(missing(role)) }
        for found in [
            conventions(), notFinite(), silent(), stalled(), lost(), copies(), risen(),
            ended(.diverged), ended(.failed), ended(.killed),
        ] { add(found) }
        checks += traps() + mixtures()
        let order: [DataCheckMessage.Severity] = [.error, .warning, .info]
        return DataCheckMessage(
            runs: runs.count,
            clean: runs.count - dirty.count,
            checks: order.flatMap { severity in checks.filter { $0.severity == severity } }
        )
    }

    private typealias Found = (check: Check, runs: [Run])

    private func chosen(_ isMeant: (Int) -> Bool) -> [Run] {
        runs.indices.filter(isMeant).map { runs[$0] }
    }

    private func found(
        _ kind: String,
        _ severity: DataCheckMessage.Severity,
        _ runs: [Run],
        _ message: (String) -> String,
        advice: String?
    ) -> Found? {
        guard !runs.isEmpty else { return nil }
        let text = message(runs.count == 1 ? "1 run" : "\(runs.count) runs")
        return (Check(kind: kind, severity: severity, message: text, advice: advice), runs)
    }

    /// Finished runs that lack a role which others of the project have.
    private func missing(_ role: Role) -> Found? {
        let isKnown = resolved.contains { $0.values[role] != nil }
        let lacking = runs.indices.filter {
            states[$0] == .finished && resolved[$0].values[role] == nil
        }
        guard isKnown || role == .loss else { return nil }
        return found(
            "missing-\(role.rawValue)",
            role == .loss ? .error : .warning,
            lacking.map { runs[$0] },
            {
                "\($0) that finished say no \(role.rawValue), so no law that reads it can use them."
            },
            advice: lacking.lazy.compactMap { resolved[$0].missing[role] }.first
        )
    }

    private func conventions() -> Found? {
        let said = resolved.compactMap(\.parameterConvention)
        let counts = Dictionary(grouping: said, by: \.self).mapValues(\.count)
        guard counts.count > 1,
            let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key
        else { return nil }
        return found(
            "parameter-convention",
            .warning,
            chosen { resolved[$0].parameterConvention.map { $0 != most } ?? false },
            { "\($0) count other parameters than the \(most) ones that most runs count." },
            advice: "Fits leave them out. Log one convention, or set it for the project."
        )
    }

    private func notFinite() -> Found? {
        let odd = runs.filter { $0.metrics.values.contains { $0.notFiniteCount > 0 } }
        let names = Set(odd.flatMap { $0.metrics.filter { $0.value.notFiniteCount > 0 }.keys })
        let shown = names.sorted().prefix(5).joined(separator: ", ")
        return found(
            "not-finite",
            .warning,
            odd,
            { "\($0) logged NaN or infinite values (\(shown))." },
            advice: "They are kept and drawn as marks; averages and fits leave the points out."
        )
    }

    private func silent() -> Found? {
        found(
            "no-metrics",
            .warning,
            chosen { runs[$0].metrics.isEmpty && states[$0] == .finished },
            { "\($0) finished without a single metric." },
            advice:
                "The job never reached the tracker with its points, or logged under another run."
        )
    }

    private func stalled() -> Found? {
        found(
            "stalled",
            .warning,
            chosen { states[$0] == .stalled },
            { "\($0) said to be running have been silent for longer than they usually are." },
            advice: "See whether the job still lives; if not, end the run as killed."
        )
    }

    private func lost() -> Found? {
        found(
            "lost",
            .warning,
            runs.filter { $0.lostAt != nil },
            { "\($0) were silent for so long that they were ended as killed." },
            advice: "A job that comes back resumes its run."
        )
    }

    /// Runs that repeat an earlier one in everything that was read of it.
    private func copies() -> Found? {
        var seen: Set<[Role: Double]> = []
        let copies = runs.indices.filter { index in
            let values = resolved[index].values
            guard states[index] == .finished, values[.loss] != nil, values.count > 2 else {
                return false
            }
            return !seen.insert(values).inserted
        }
        return found(
            "copies",
            .warning,
            copies.map { runs[$0] },
            { "\($0) repeat another in every value that laws read, to the last digit." },
            advice: "Imported twice? Copies count double and make intervals too narrow."
        )
    }

    /// Finished runs whose loss ended well above its least value.
    private func risen() -> Found? {
        let risen = runs.indices.filter { index in
            guard states[index] == .finished,
                let name = CurveMetrics(of: runs[index], resolver)?.loss,
                let metric = runs[index].metrics[name], let least = metric.minimum, least > 0
            else { return false }
            return metric.lastValue > least * (1 + Self.riseNoticedPercent / 100)
        }
        let percent = NumberText.text(Self.riseNoticedPercent)
        return found(
            "ended-above-best",
            .warning,
            risen.map { runs[$0] },
            { "\($0) ended with a loss more than \(percent) % above their own best." },
            advice: "Overfitting, a late spike, or a loss of single batches: fit a held-out loss."
        )
    }

    private func ended(_ state: RunMessage.State) -> Found? {
        found(
            state.rawValue,
            .info,
            chosen { states[$0] == state },
            { "\($0) \(state == .diverged ? "diverged" : "were \(state.rawValue)")." },
            advice: state == .diverged
                ? "Laws of the learning rate read them as such; others leave them out."
                : "Fits leave them out."
        )
    }

    /// What looks wrong in all runs together.
    private func traps() -> [Check] {
        let builder = ObservationBuilder(resolver: resolver, card: Chinchilla.card)
        return DataTraps.warnings(builder.build(runs).observations).map {
            Check(kind: "units", severity: .warning, message: $0)
        }
    }

    private func mixtures() -> [Check] {
        let table = MixtureTable(runs, resolver)
        guard !table.rows.isEmpty else { return [] }
        return table.warnings.map {
            Check(kind: "mixture-\($0.kind.rawValue)", severity: .warning, message: $0.message)
        }
    }
}
