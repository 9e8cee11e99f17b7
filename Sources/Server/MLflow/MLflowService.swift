import API
import Foundation
import NIOCore
import Runs
package import Storage

/// MLflow's tracking API over our projects and runs: an experiment is a project, its id the
/// project's digit string; every time is converted from and to milliseconds.
package struct MLflowService: Sendable {
    let store: Store
    let artifacts: ArtifactFolder
    /// Microseconds since 1970.
    let now: @Sendable () -> Int64

    package init(
        store: Store,
        artifacts: ArtifactFolder,
        now: @escaping @Sendable () -> Int64
    ) {
        self.store = store
        self.artifacts = artifacts
        self.now = now
    }

    /// Runs a storage call, its errors in MLflow's words.
    func stored<Value: Sendable>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(MLflowError) -> Value {
        do {
            return try await body()
        } catch {
            throw MLflowError(error)
        }
    }

    func experiment(id text: String) async throws(MLflowError) -> Project {
        let id = try MLflowNames.experimentID(text)
        let project = try await stored { () async throws(StorageError) in
            try await store.projects.find(experimentID: id)
        }
        guard let project else { throw .experimentNotFound(text) }
        return project
    }

    func run(_ id: RunID) async throws(MLflowError) -> Run {
        let run = try await stored { () async throws(StorageError) in
            try await store.runs.find(id: id)
        }
        guard let run else { throw .runNotFound(id.hex) }
        return run
    }

    func experiment(of run: Run) async throws(MLflowError) -> Project {
        let project = try await stored { () async throws(StorageError) in
            try await store.projects.find(id: run.projectID)
        }
        guard let project else { throw .experimentNotFound(run.projectID.hex) }
        return project
    }

    func newRunID() -> RunID {
        var generator = SystemRandomNumberGenerator()
        return RunID(UUID(timeOrdered: now(), random: (generator.next(), generator.next())))
    }
}
