import Foundation
import Postgres
import Runs
import Storage
import TestSupport
import Testing

@Suite struct PurgeStoreTests {
    private static let day: Int64 = 24 * 3_600_000_000

    /// A run with a row in every table that the stores of one run write.
    private static func fullRun(_ store: Store) async throws -> Run {
        let run = try await store.sampleRun()
        try await store.writer.write(
            RunBatch(
                runID: run.id,
                series: ["loss": Samples.series(count: 10)],
                params: ["lr": "1"],
                tags: ["a": "b"]
            ),
            now: Samples.now
        )
        try await store.runs.update(run.id, RunUpdate(status: .failed), now: Samples.now)
        try await store.runs.update(
            run.id,
            RunUpdate(status: .running, params: ["lr": "2"], fromStep: 5),
            now: Samples.now
        )
        let connection = try await Connection.open(store.database.conninfo)
        let other = UUID()
        _ = try await connection.query(
            "INSERT INTO run_dataset (run_id, dataset_id) VALUES (\(run.id.uuid), \(other))"
        )
        _ = try await connection.query(
            "INSERT INTO run_model VALUES (\(run.id.uuid), true, \(other), 1)"
        )
        _ = try await connection.query(
            """
            INSERT INTO logged_model (model_id, project_id, run_id, name, status, created_at,
                updated_at)
            VALUES (\(other), \(run.projectID.uuid), \(run.id.uuid), 'm', 'ready', 1, 1)
            """
        )
        return run
    }

    /// Names of the tables that hold a row with the value in the column.
    private static func tables(
        with column: String,
        _ id: UUID,
        _ database: Database
    ) async throws -> Set<String> {
        let connection = try await Connection.open(database.conninfo)
        let names = try await connection.query(
            """
            SELECT c.table_name::text, (xpath('/row/n/text()', query_to_xml(format(
                'SELECT count(*) AS n FROM %I WHERE %I = %L', c.table_name, c.column_name, \(id)),
                false, true, '')))[1]::text::bigint
            FROM information_schema.columns c JOIN information_schema.tables t
                USING (table_schema, table_name)
            WHERE c.table_schema = 'public' AND c.column_name = \(column)
                AND t.table_type = 'BASE TABLE'
            """
        )
        var found: Set<String> = []
        for row in names {
            let count: Int64 = try row.value(1)
            if count > 0 { found.insert(try row.value(0)) }
        }
        return found
    }

    private static func purge(_ store: Store, now: Int64) async throws {
        while try await store.purge.claim(
            deletedBefore: now - 30 * day,
            now: now,
            limit: 2
        ) > 0 {}
        let items = try await store.purge.waiting(settled: now, limit: 100)
        for item in items { try await store.purge.empty(item.runID) }
        try await store.purge.remove(items)
        for project in try await store.purge.emptyProjects() {
            try await store.purge.remove(project, now: now)
        }
    }

    @Test func `nothing of a purged run is left in any table, and nothing else is gone`()
        async throws
    {
        let store = try await TestDatabase.makeStore()
        let gone = try await Self.fullRun(store)
        let kept = try await Self.fullRun(store)
        let before = try await Self.tables(with: "run_id", kept.id.uuid, store.database)
        #expect(before.isSuperset(of: ["attempt", "metric", "param", "param_change", "segment"]))
        try await store.runs.delete(gone.id, now: Samples.now)
        try await Self.purge(store, now: Samples.now + 30 * Self.day)
        #expect(try await store.runs.find(id: gone.id) != nil, "30 days are not over")
        try await Self.purge(store, now: Samples.now + 31 * Self.day)
        #expect(try await Self.tables(with: "run_id", gone.id.uuid, store.database) == [])
        #expect(try await Self.tables(with: "run_id", kept.id.uuid, store.database) == before)
    }

    @Test func `a purged run is found by no search, packed or not`() async throws {
        let store = try await TestDatabase.makeStore()
        let gone = try await Self.fullRun(store)
        let kept = try await Self.fullRun(store)
        try await store.runs.delete(gone.id, now: Samples.now)
        _ = try await store.packer.step(
            now: Samples.now + Self.day,
            leastCount: 1,
            quietSeconds: 0
        )
        let search = RunSearch(lifecycle: .all, order: SearchOrder(terms: []), limit: 10)
        let scope = SearchScope(projectID: kept.projectID)
        #expect(Set(try await store.search.page(search, in: [scope]).ids) == [gone.id, kept.id])
        try await Self.purge(store, now: Samples.now + 31 * Self.day)
        #expect(try await store.search.page(search, in: [scope]).ids == [kept.id])
    }

    @Test func `a purge ended half way by a crash is taken up again`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await Self.fullRun(store)
        try await store.runs.delete(run.id, now: Samples.now)
        let now = Samples.now + 31 * Self.day
        _ = try await store.purge.claim(deletedBefore: now, now: now, limit: 10)
        try await store.purge.empty(run.id)
        await #expect(throws: StorageError.purging(kind: "run", id: run.id.hex)) {
            try await store.runs.restore(run.id, now: now)
        }
        try await Self.purge(store, now: now + 1)
        #expect(try await Self.tables(with: "run_id", run.id.uuid, store.database) == [])
    }

    @Test func `a purged project leaves nothing and frees its name`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await Self.fullRun(store)
        try await store.projects.delete(run.projectID, now: Samples.now)
        await #expect(throws: StorageError.self) {
            try await store.projects.create(name: "project", now: Samples.now)
        }
        try await store.purge.purgeNow(run.projectID)
        await #expect(throws: StorageError.purging(kind: "project", id: run.projectID.hex)) {
            try await store.projects.restore(run.projectID, now: Samples.now)
        }
        try await Self.purge(store, now: Samples.now + 1)
        let column = "project_id"
        #expect(try await Self.tables(with: column, run.projectID.uuid, store.database) == [])
        _ = try await store.projects.create(name: "project", now: Samples.now)
    }

    @Test func `the project that always exists is emptied and stays`() async throws {
        let store = try await TestDatabase.makeStore()
        let project = try #require(try await store.projects.find(experimentID: 0))
        let run = try await store.runs.create(Samples.newRun(in: project.id), now: Samples.now)
        try await store.projects.delete(project.id, now: Samples.now)
        try await store.purge.purgeNow(project.id)
        try await Self.purge(store, now: Samples.now + 1)
        #expect(try await store.runs.find(id: run.id) == nil)
        let left = try #require(try await store.projects.find(experimentID: 0))
        #expect(left.deletedAt == nil && !left.isPurging)
    }

    @Test func `what is not deleted is not purged`() async throws {
        let store = try await TestDatabase.makeStore()
        let run = try await store.sampleRun()
        await #expect(throws: StorageError.notDeleted(kind: "project", id: run.projectID.hex)) {
            try await store.purge.purgeNow(run.projectID)
        }
        let outcome = try await store.runs.perform(.purge, on: [run.id], now: 1)
        #expect(outcome.changed == [] && outcome.refused.count == 1)
    }
}
