import Foundation
package import Postgres

/// Brings a database to the shape of the files `NNN_words.sql` of a folder.
///
/// 1. Files are numbered 1…n without a gap; an applied file is never edited.
/// 2. One migrator works at a time, by an advisory lock; others wait.
/// 3. Each file is applied in its own transaction, together with its row in `migration`.
package struct Migrator: Sendable {
    private let directory: String
    private let database: Database

    package init(directory: String, database: Database) {
        self.directory = directory
        self.database = database
    }

    /// Applies what is missing and returns the names of the files, in order; `dryRun` only names
    /// them.
    package func migrate(dryRun: Bool = false) async throws(MigrationError) -> [String] {
        let files = try MigrationFile.read(from: directory)
        do {
            return try await database.withConnection { (connection) async throws(MigrationError) in
                try await migrate(files, on: connection, dryRun: dryRun)
            }
        } catch {
            throw error
        }
    }

    /// Any 64-bit number of our own; "isoloss" in ASCII.
    private static let lock: Int64 = 0x69_73_6F_6C_6F_73_73

    private func migrate(
        _ files: [MigrationFile],
        on connection: Connection,
        dryRun: Bool
    ) async throws(MigrationError) -> [String] {
        do {
            _ = try await connection.query("SELECT pg_advisory_lock(\(Self.lock))::text")
        } catch {
            throw MigrationError(error)
        }
        let outcome: Result<[String], MigrationError>
        do throws(MigrationError) {
            outcome = .success(try await apply(files, on: connection, dryRun: dryRun))
        } catch {
            outcome = .failure(error)
        }
        do {
            _ = try await connection.query("SELECT pg_advisory_unlock(\(Self.lock))::text")
        } catch {
            // A lost connection freed its lock; what went wrong before it is the thing to tell.
            throw outcome.failure ?? MigrationError(error)
        }
        return try outcome.get()
    }

    private func apply(
        _ files: [MigrationFile],
        on connection: Connection,
        dryRun: Bool
    ) async throws(MigrationError) -> [String] {
        let applied = try await appliedFiles(on: connection)
        for (known, file) in zip(applied, files) {
            let hash = try await hash(of: file, on: connection)
            guard known.name == file.name, known.hash == hash else {
                throw .changed(file: file.name, applied: known.name)
            }
        }
        guard applied.count <= files.count else {
            throw .newerDatabase(applied: applied.count, files: files.count)
        }
        let missing = files.dropFirst(applied.count)
        if !dryRun {
            for file in missing { try await apply(file, on: connection) }
        }
        return missing.map(\.name)
    }

    private func appliedFiles(
        on connection: Connection
    ) async throws(MigrationError) -> [(name: String, hash: String)] {
        do {
            let found = try await connection.query("SELECT to_regclass('migration')::text")
            guard try found.first?.optional(0, as: String.self) != nil else { return [] }
            let rows = try await connection.query(
                "SELECT name, sha256 FROM migration ORDER BY number"
            )
            return try rows.map { (name: try $0.value(0), hash: try $0.value(1)) }
        } catch let error as PostgresError {
            throw MigrationError(error)
        } catch {
            throw .unreadable(path: "migration", reason: "\(error)")
        }
    }

    private func hash(
        of file: MigrationFile,
        on connection: Connection
    ) async throws(MigrationError) -> String {
        do {
            let bytes = Array(file.text.utf8)
            let rows = try await connection.query(
                "SELECT encode(sha256(\(bytes: bytes)), 'hex')"
            )
            guard let row = rows.first else { return "" }
            return try row.value(0)
        } catch {
            throw MigrationError(error)
        }
    }

    private func apply(
        _ file: MigrationFile,
        on connection: Connection
    ) async throws(MigrationError) {
        let hash = try await hash(of: file, on: connection)
        do {
            try await connection.execute("BEGIN")
            try await connection.executeScript(
                """
                CREATE TABLE IF NOT EXISTS migration (
                    number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                )
                """
            )
            try await connection.executeScript(file.text)
            try await connection.execute(
                """
                INSERT INTO migration (number, name, sha256)
                VALUES (\(Int32(file.number)), \(file.name), \(hash))
                """
            )
            try await connection.execute("COMMIT")
        } catch {
            // The failure of the file is the one to tell.
            do { try await connection.execute("ROLLBACK") } catch {}
            throw .failed(file: file.name, error)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
