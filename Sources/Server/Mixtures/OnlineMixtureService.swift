import API
import Foundation
import Hummingbird
import Mixtures
import Runs
import Storage

/// Answer of the calls about one rule under way.
struct OnlineMixtureMessage: ResponseEncodable, Encodable {
    var id: String
    var project: ProjectID
    var run: RunID?
    var rule: String
    /// Step of the last observation.
    var step: Int64?
    var observations: Int
    /// Sampling weights for the next step.
    var weights: [String: Double]
    /// What a later run should train on: the average over time for rules that say so.
    var answer: [String: Double]
    /// What became of the observation: moved, repeated or late.
    var outcome: OnlineMixture.Outcome?
}

struct OnlineMixtureList: ResponseEncodable {
    var mixtures: [OnlineMixtureMessage]
}

/// Keeps rules in the database between the observations of their jobs.
struct OnlineMixtureService: Sendable {
    let store: Store
    let now: @Sendable () -> Int64

    /// Rules a project may hold.
    static let limit = 10_000
    /// Metrics of the trace, before the domain.
    static let tracePrefix = "onlineMixture/"

    func create(
        _ specification: OnlineSpecification,
        project: ProjectID,
        run: RunID?
    ) async throws -> OnlineMixtureMessage {
        let mixture = try OnlineMixture(specification)
        let id = try await store.onlineMixtures.create(
            projectID: project,
            runID: run,
            memory: try WireJSON.encoder().encode(mixture),
            limit: Self.limit,
            now: now()
        )
        return try await message(of: find(id.hex))
    }

    func find(_ text: String) async throws -> OnlineMixtureStore.Record {
        guard let id = UUID(hex: text), let record = try await store.onlineMixtures.find(id) else {
            throw APIError(.notFound, "There is no online mixture \(text.prefix(80)).", field: "id")
        }
        return record
    }

    func message(of record: OnlineMixtureStore.Record) throws -> OnlineMixtureMessage {
        try message(of: record, decoded(record), outcome: nil)
    }

    /// Moves the weights. A request that is sent again changes nothing and has the same answer; of
    /// two that come at once one moves first and the other is judged after it.
    func observe(
        _ text: String,
        _ observation: OnlineObservation
    ) async throws -> OnlineMixtureMessage {
        for _ in 0..<Self.attemptCount {
            let record = try await find(text)
            var mixture = try decoded(record)
            let outcome = try mixture.observe(observation)
            if outcome == .moved {
                let isKept = try await store.onlineMixtures.replace(
                    record.id,
                    version: record.version,
                    memory: try WireJSON.encoder().encode(mixture),
                    now: now()
                )
                guard isKept else { continue }
            }
            // Also when it is repeated: the first request may have ended before its trace was kept.
            if outcome != .late { try await trace(record, mixture, step: observation.step) }
            return message(of: record, mixture, outcome: outcome)
        }
        throw APIError(
            .unavailable,
            "Other observations of this online mixture arrive all the time.",
            hint: "Send observations of one job one after the other."
        )
    }

    private static let attemptCount = 8

    private func decoded(_ record: OnlineMixtureStore.Record) throws -> OnlineMixture {
        try WireJSON.decoder().decode(OnlineMixture.self, from: record.memory)
    }

    private func message(
        of record: OnlineMixtureStore.Record,
        _ mixture: OnlineMixture,
        outcome: OnlineMixture.Outcome?
    ) -> OnlineMixtureMessage {
        OnlineMixtureMessage(
            id: record.id.hex,
            project: record.projectID,
            run: record.runID,
            rule: mixture.specification.rule,
            step: mixture.step,
            observations: mixture.count,
            weights: mixture.weights,
            answer: mixture.answer,
            outcome: outcome
        )
    }

    /// Weights as series of the run, under a key of rule and step, so that each is kept once.
    private func trace(
        _ record: OnlineMixtureStore.Record,
        _ mixture: OnlineMixture,
        step: Int64
    ) async throws {
        guard let run = record.runID else { return }
        let time = now()
        let series = mixture.weights.map { domain, weight in
            (
                Self.tracePrefix + domain,
                PointColumns(steps: [step], times: [time], values: [weight])
            )
        }
        let batch = RunBatch(
            runID: run,
            series: Dictionary(series, uniquingKeysWith: { first, _ in first })
        )
        let key = "online-\(record.id.hex)-\(step)"
        _ = try await store.writer.write(PendingWrite(batches: [batch], key: key, now: time))
    }
}
