import Foundation
import Logging
import Postgres
import Storage

/// Everything a serving process holds beside the routes: the cluster, the pool and the stores,
/// started in this order and stopped in reverse.
struct ServerRuntime {
    let configuration: ServerConfiguration
    let cluster: EmbeddedPostgres?
    let database: Database

    /// Starts the cluster (or takes the database of the settings) and brings it up to date.
    static func start(_ configuration: ServerConfiguration, logger: Logger) async throws -> Self {
        let runtime = try await open(configuration, logger: logger)
        do {
            for name in try await runtime.migrator.migrate() {
                logger.info("applied migration", metadata: ["file": "\(name)"])
            }
        } catch {
            try await runtime.stop()
            throw error
        }
        return runtime
    }

    /// Starts the cluster, migrates, or only names what migrating would apply, and stops it again.
    static func migrate(
        _ configuration: ServerConfiguration,
        dryRun: Bool
    ) async throws -> [String] {
        let runtime = try await open(configuration, logger: nil)
        let outcome: Result<[String], any Error>
        do {
            outcome = .success(try await runtime.migrator.migrate(dryRun: dryRun))
        } catch {
            outcome = .failure(error)
        }
        try await runtime.stop()
        return try outcome.get()
    }

    private static func open(
        _ configuration: ServerConfiguration,
        logger: Logger?
    ) async throws -> Self {
        let watch = logger.flatMap { logger in
            StatementWatch(configuration, SlowStatementLog(logger: logger))
        }
        if let url = configuration.databaseURL {
            let database = Database(conninfo: url, watch: watch)
            return ServerRuntime(configuration: configuration, cluster: nil, database: database)
        }
        let cluster = EmbeddedPostgres(
            dataDirectory: configuration.dataDirectory,
            binDirectory: configuration.postgresBinDirectory
        )
        let database = Database(conninfo: try await cluster.start(), watch: watch)
        return ServerRuntime(configuration: configuration, cluster: cluster, database: database)
    }

    private var migrator: Migrator {
        Migrator(directory: configuration.sqlDirectory, database: database)
    }

    func stop() async throws {
        database.close()
        try await cluster?.stop()
    }
}
