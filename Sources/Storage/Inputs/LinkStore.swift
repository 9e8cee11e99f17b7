import Foundation
import Postgres
package import Runs

/// What runs read and made: datasets, kept once a project, and models.
package struct LinkStore: Sendable {
    let database: Database

    /// Adds to what a run read and made; what stands already stays as it is, so sending it again
    /// changes nothing. A deleted run is `notActive`.
    package func add(_ links: RunLinks, to id: RunID, now: Int64) async throws(StorageError) {
        try await database.transaction { (session) async throws(StorageError) in
            try await RunWriting.touch([id.uuid], now: now, session)
            try await RunWriting.demandActive(id, session)
            try await addDatasets(links.datasets, id, now, session)
            let outputs = Set(links.outputModels).sorted {
                ($0.model, $0.step) < ($1.model, $1.step)
            }
            let inputs = Set(links.inputModels).sorted()
            try await addModels(inputs, inputs.map { _ in 0 }, areOutputs: false, id, session)
            try await addModels(
                outputs.map(\.model),
                outputs.map(\.step),
                areOutputs: true,
                id,
                session
            )
        }
    }

    /// What each of the runs read and made; a run without any is not in the answer.
    package func find(_ ids: [RunID]) async throws(StorageError) -> [RunID: RunLinks] {
        guard !ids.isEmpty else { return [:] }
        let wanted = ids.map(\.uuid)
        return try await database.session { (session) async throws(StorageError) in
            var links: [RunID: RunLinks] = [:]
            for (run, use) in try await Self.uses(of: wanted, session) {
                links[run, default: RunLinks()].datasets.append(use)
            }
            let models = try await session.rows(
                """
                SELECT run_id, is_output, model_id, step FROM run_model
                WHERE run_id = ANY(\(wanted)) ORDER BY run_id, is_output, step, model_id
                """
            ) { (row) throws(PostgresError) -> (RunID, Bool, ModelID, Int64) in
                let run = RunID(try row.value(0))
                return (run, try row.value(1), ModelID(try row.value(2)), try row.value(3))
            }
            for (run, isOutput, model, step) in models {
                if isOutput {
                    let output = RunLinks.Output(model: model, step: step)
                    links[run, default: RunLinks()].outputModels.append(output)
                } else {
                    links[run, default: RunLinks()].inputModels.append(model)
                }
            }
            return links
        }
    }

    private static func uses(
        of runs: [UUID],
        _ session: Session
    ) async throws(StorageError) -> [(RunID, DatasetUse)] {
        try await session.rows(
            """
            SELECT u.run_id, d.name, d.digest, d.source_type, d.source, d.schema_text, d.profile,
                u.tags::text
            FROM run_dataset u JOIN dataset d USING (dataset_id)
            WHERE u.run_id = ANY(\(runs)) ORDER BY u.run_id, d.name, d.digest
            """
        ) { (row) throws(PostgresError) in
            let dataset = Dataset(
                name: try row.value(1),
                digest: try row.value(2),
                sourceType: try row.value(3),
                source: try row.value(4),
                schema: try row.optional(5),
                profile: try row.optional(6)
            )
            let tags: [String: String] = try JSONText.decode(try row.value(7))
            return (RunID(try row.value(0)), DatasetUse(dataset: dataset, tags: tags))
        }
    }

    /// The first of several uses of one dataset counts.
    private func addDatasets(
        _ uses: [DatasetUse],
        _ id: RunID,
        _ now: Int64,
        _ session: Session
    ) async throws(StorageError) {
        var first: [[String]: DatasetUse] = [:]
        for use in uses {
            let key = [use.dataset.name, use.dataset.digest]
            if first[key] == nil { first[key] = use }
        }
        let kept = first.values.sorted {
            ($0.dataset.name, $0.dataset.digest) < ($1.dataset.name, $1.dataset.digest)
        }
        guard !kept.isEmpty else { return }
        let datasets = kept.map(\.dataset)
        let (names, digests) = (datasets.map(\.name), datasets.map(\.digest))
        let made = datasets.map { _ in
            UUID(timeOrdered: now, random: (.random(in: 0 ... .max), .random(in: 0 ... .max)))
        }
        try await session.execute(
            """
            INSERT INTO dataset (dataset_id, project_id, name, digest, source_type, source,
                schema_text, profile)
            SELECT sent.dataset_id, r.project_id, sent.name, sent.digest, sent.source_type,
                sent.source, sent.schema_text, sent.profile
            FROM unnest(\(made), \(names), \(digests), \(datasets.map(\.sourceType)),
                \(datasets.map(\.source)), \(datasets.map(\.schema)), \(datasets.map(\.profile)))
                AS sent (dataset_id, name, digest, source_type, source, schema_text, profile)
            JOIN run r ON r.run_id = \(id.uuid)
            ORDER BY sent.name COLLATE "C", sent.digest COLLATE "C"
            ON CONFLICT ON CONSTRAINT dataset_is_unique DO NOTHING
            """
        )
        var tags: [String] = []
        for use in kept { tags.append(try JSONText.encode(use.tags)) }
        try await session.execute(
            """
            INSERT INTO run_dataset (run_id, dataset_id, tags)
            SELECT r.run_id, d.dataset_id, sent.tags::jsonb
            FROM unnest(\(names), \(digests), \(tags)) AS sent (name, digest, tags)
            JOIN run r ON r.run_id = \(id.uuid)
            JOIN dataset d ON d.project_id = r.project_id AND d.name = sent.name
                AND d.digest = sent.digest
            ORDER BY d.dataset_id ON CONFLICT (run_id, dataset_id) DO NOTHING
            """
        )
    }

    private func addModels(
        _ models: [ModelID],
        _ steps: [Int64],
        areOutputs: Bool,
        _ id: RunID,
        _ session: Session
    ) async throws(StorageError) {
        guard !models.isEmpty else { return }
        try await session.execute(
            """
            INSERT INTO run_model (run_id, is_output, model_id, step)
            SELECT \(id.uuid), \(areOutputs), sent.model_id, sent.step
            FROM unnest(\(models.map(\.uuid)), \(steps)) AS sent (model_id, step)
            ORDER BY sent.model_id, sent.step
            ON CONFLICT (run_id, is_output, model_id, step) DO NOTHING
            """
        )
    }
}
