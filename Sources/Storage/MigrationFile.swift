import Foundation
package import Postgres

/// Why a database could not be brought up to date.
package enum MigrationError: PostgresFailure, Sendable, Hashable {
    case unreadable(path: String, reason: String)
    case gap(expected: Int, found: String)
    /// A file that was applied differs from what it was, or an earlier number has another name.
    case changed(file: String, applied: String)
    /// The database has more migrations than this program knows.
    case newerDatabase(applied: Int, files: Int)
    case failed(file: String, PostgresError)
    case database(PostgresError)

    package init(_ error: PostgresError) { self = .database(error) }

    package var message: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .gap(let expected, let found):
            "migrations are numbered 1, 2, 3 …; number \(expected) was expected, \(found) was found"
        case .changed(let file, let applied):
            "migration \(file) differs from \(applied), which was applied to this database; restore "
                + "the file, and put changes into a new one"
        case .newerDatabase(let applied, let files):
            "the database has \(applied) migrations, this program knows \(files); use a newer program"
        case .failed(let file, let error): "migration \(file) failed: \(error.message)"
        case .database(let error): error.message
        }
    }
}

/// One `NNN_words.sql`.
struct MigrationFile: Sendable {
    let number: Int
    let name: String
    let text: String

    /// All of a folder, in order.
    static func read(from directory: String) throws(MigrationError) -> [MigrationFile] {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { $0.hasSuffix(".sql") }.sorted()
            var files: [MigrationFile] = []
            for name in names {
                guard let digits = name.wholeMatch(of: /(\d{3})_[a-z0-9_]+\.sql/)?.1,
                    Int(digits) == files.count + 1
                else { throw MigrationError.gap(expected: files.count + 1, found: name) }
                let text = try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
                files.append(MigrationFile(number: files.count + 1, name: name, text: text))
            }
            guard !files.isEmpty else {
                throw MigrationError.unreadable(path: directory, reason: "it holds no .sql file")
            }
            return files
        } catch let error as MigrationError {
            throw error
        } catch {
            throw .unreadable(path: directory, reason: error.localizedDescription)
        }
    }
}

extension MigrationError: CustomStringConvertible {
    package var description: String { message }
}
