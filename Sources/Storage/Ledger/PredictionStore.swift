import Foundation
import Postgres
package import Runs

/// The ledger of predictions: written once, scored once, never changed; void in between where the
/// run has failed.
package struct PredictionStore: Sendable {
    private let database: Database

    init(database: Database) { self.database = database }

    /// - Parameter limit: predictions a project may hold; more are a `conflict`.
    package func freeze(_ prediction: Prediction, limit: Int) async throws(StorageError) {
        let values = try JSONText.encode(prediction.values)
        let made = try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                INSERT INTO prediction (project_id, prediction_id, law, fit_id, role_values, run_id,
                    run_name, predicted, low, high, created_at)
                SELECT \(prediction.projectID.uuid), \(prediction.id), \(prediction.law),
                    \(prediction.fitID), \(values)::jsonb, \(prediction.runID?.uuid),
                    \(prediction.runName), \(prediction.predicted), \(prediction.low),
                    \(prediction.high), \(prediction.createdAt)
                WHERE (SELECT count(*) FROM prediction
                    WHERE project_id = \(prediction.projectID.uuid)) < \(limit)
                """
            )
        }
        guard made == 1 else {
            throw .conflict(
                constraint: "prediction_limit",
                message: "this project holds \(limit) predictions, which is as many as it can"
            )
        }
    }

    /// Predictions of a project, newest first.
    package func list(
        projectID: ProjectID,
        law: String? = nil,
        limit: Int
    ) async throws(StorageError) -> [Prediction] {
        try await predictions(
            """
            WHERE project_id = \(projectID.uuid) AND (\(law)::text IS NULL OR law = \(law))
            ORDER BY created_at DESC, prediction_id DESC LIMIT \(limit)
            """
        )
    }

    /// Predictions of a project that no run has answered yet, oldest first.
    package func waiting(
        projectID: ProjectID,
        limit: Int
    ) async throws(StorageError) -> [Prediction] {
        try await predictions(
            """
            WHERE project_id = \(projectID.uuid) AND scored_at IS NULL
            ORDER BY created_at, prediction_id LIMIT \(limit)
            """
        )
    }

    /// Projects with predictions that no run has answered yet, and since when the oldest waits.
    package func waitingProjects() async throws(StorageError) -> [ProjectID: Int64] {
        let rows = try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT w.project_id, min(w.created_at) FROM prediction w
                JOIN project p ON p.project_id = w.project_id AND p.deleted_at IS NULL
                WHERE w.scored_at IS NULL GROUP BY w.project_id
                """
            ) { (row) throws(PostgresError) -> (ProjectID, Int64) in
                (ProjectID(try row.value(0)), try row.value(1))
            }
        }
        return Dictionary(rows, uniquingKeysWith: min)
    }

    /// Writes what became of a prediction; false when that is written already.
    @discardableResult
    package func score(
        _ prediction: Prediction,
        _ score: Prediction.Score
    ) async throws(StorageError) -> Bool {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE prediction SET scored_at = \(score.scoredAt), observed = \(score.observed),
                    scored_run_id = \(score.runID.uuid),
                    voided_at = NULL, void_run_id = NULL, void_reason = NULL
                WHERE project_id = \(prediction.projectID.uuid)
                    AND prediction_id = \(prediction.id) AND scored_at IS NULL
                """
            ) == 1
        }
    }

    /// Marks a prediction whose run failed; false when it is scored or void already.
    @discardableResult
    package func void(
        _ prediction: Prediction,
        _ void: Prediction.Void
    ) async throws(StorageError) -> Bool {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE prediction SET voided_at = \(void.voidedAt), void_reason = \(void.reason),
                    void_run_id = \(void.runID.uuid)
                WHERE project_id = \(prediction.projectID.uuid)
                    AND prediction_id = \(prediction.id) AND scored_at IS NULL
                    AND voided_at IS NULL
                """
            ) == 1
        }
    }

    /// A run that ended, and when its row was made and last changed, in microseconds since 1970.
    package struct Ended: Sendable, Hashable {
        package var id: RunID
        package var madeAt: Int64
        package var changedAt: Int64
    }

    /// Runs of a project that finished, failed or were killed and changed after `since`, in the
    /// order of their changes.
    /// - Parameter last: the last one of the page before.
    package func ended(
        projectID: ProjectID,
        since: Int64,
        after last: Ended?,
        limit: Int
    ) async throws(StorageError) -> [Ended] {
        let place: SQL =
            last.map { "(updated_at, run_id) > (\($0.changedAt), \($0.id.uuid))" }
            ?? "updated_at > \(since)"
        return try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT run_id, created_at, updated_at FROM run
                WHERE project_id = \(projectID.uuid)
                    AND status IN ('finished', 'failed', 'killed')
                    AND deleted_at IS NULL AND \(place)
                ORDER BY updated_at, run_id LIMIT \(limit)
                """
            ) { (row) throws(PostgresError) in
                Ended(
                    id: RunID(try row.value(0)),
                    madeAt: try row.value(1),
                    changedAt: try row.value(2)
                )
            }
        }
    }

    private func predictions(_ condition: SQL) async throws(StorageError) -> [Prediction] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT prediction_id, project_id, law, fit_id, role_values, run_id, run_name,
                    predicted, low, high, created_at, scored_at, scored_run_id, observed,
                    voided_at, void_run_id, void_reason
                FROM prediction \(condition)
                """,
                Self.decode
            )
        }
    }

    private static func decode(_ row: Row) throws(PostgresError) -> Prediction {
        var prediction = Prediction(
            id: try row.value(0),
            projectID: ProjectID(try row.value(1)),
            law: try row.value(2),
            fitID: try row.value(3),
            values: try JSONText.decode(try row.value(4)),
            runID: try row.optional(5, as: UUID.self).map(RunID.init),
            runName: try row.optional(6),
            predicted: try row.value(7),
            low: try row.value(8),
            high: try row.value(9),
            createdAt: try row.value(10)
        )
        if let time = try row.optional(11, as: Int64.self) {
            prediction.score = Prediction.Score(
                runID: RunID(try row.value(12)),
                observed: try row.value(13),
                scoredAt: time
            )
        }
        if let time = try row.optional(14, as: Int64.self) {
            prediction.void = Prediction.Void(
                runID: RunID(try row.value(15)),
                reason: try row.value(16),
                voidedAt: time
            )
        }
        return prediction
    }
}
