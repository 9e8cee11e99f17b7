import API
import Mixtures
import Runs
import Storage

/// Losses per domain that a run logged, as observations of a rule.
struct LoggedLosses: Sendable {
    let store: Store

    /// Observations of one replay.
    static let observationLimit = 20_000
    static let usualMetric = "val_loss/*"
    private static let pointCount = 600

    /// One observation for each step at which a domain's loss was logged; of a long series the last
    /// point in each of at most 600 pieces.
    func observations(
        _ run: Run,
        _ body: OnlineReplayBody
    ) async throws -> [OnlineObservation] {
        let pattern = body.lossMetric ?? Self.usualMetric
        var losses: [Int64: [String: Double]] = [:]
        try await read(run, body, pattern, field: "lossMetric") { step, domain, value in
            losses[step, default: [:]][domain] = value
        }
        var references: [Int64: [String: Double]] = [:]
        if let reference = body.referenceMetric {
            try await read(run, body, reference, field: "referenceMetric") { step, domain, value in
                references[step, default: [:]][domain] = value
            }
        }
        return losses.keys.sorted().map { step in
            OnlineObservation(
                step: step,
                losses: losses[step],
                referenceLosses: references[step]
            )
        }
    }

    private func read(
        _ run: Run,
        _ body: OnlineReplayBody,
        _ pattern: String,
        field: String,
        _ take: (Int64, String, Double) -> Void
    ) async throws {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw APIError(
                .invalid,
                "\(field) is \(pattern.prefix(80)); it needs one * that stands for the domain.",
                field: field
            )
        }
        var domains: [String: String] = [:]
        for domain in body.specification.domains.prefix(OnlineLimits.domainsCount) {
            domains[parts[0] + domain + parts[1]] = domain
        }
        let series = try await store.points.buckets(
            runIDs: [run.id],
            metrics: domains.keys.sorted(),
            axis: .step,
            count: Self.pointCount
        )
        guard !series.isEmpty else {
            throw APIError(
                .invalid,
                "The run \(run.name) logged no metric \(pattern.prefix(80)) of these domains.",
                hint: "Name the metric by \(field), with * in the place of the domain.",
                field: field
            )
        }
        for one in series {
            guard let domain = domains[one.metric] else { continue }
            for index in one.buckets.x.indices where one.buckets.last[index].isFinite {
                guard let step = Int64(exactly: one.buckets.x[index].rounded()) else { continue }
                take(step, domain, one.buckets.last[index])
            }
        }
    }
}
