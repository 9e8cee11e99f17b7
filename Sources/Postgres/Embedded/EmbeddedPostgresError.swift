/// Why the private database cluster could not be used; every message says what to do.
package enum EmbeddedPostgresError: Error, Sendable, Hashable {
    /// PostgreSQL's programs were not found in any of the places searched.
    case programsMissing(searched: [String])
    /// The cluster was made by another major version than the programs found.
    case otherVersion(directory: String, cluster: String, programs: String)
    /// Another server process works in this data directory.
    case inUse(directory: String, processID: String)
    /// A folder cannot be made, entered or trusted.
    case directory(path: String, reason: String)
    /// A program of PostgreSQL failed; `output` is the end of what it said.
    case failed(program: String, status: Int32, output: String)

    package var message: String {
        switch self {
        case .programsMissing(let searched):
            "PostgreSQL's programs (initdb, pg_ctl) were not found in \(searched.joined(separator: ", "))"
                + "; install the package postgresql, or set ISOLOSS_DATABASE_URL to a database"
        case .otherVersion(let directory, let cluster, let programs):
            "the data in \(directory) was made by PostgreSQL \(cluster), but the programs found are "
                + "version \(programs); install PostgreSQL \(cluster), or move the data with pg_upgrade, "
                + "or choose another data directory"
        case .inUse(let directory, let processID):
            "another isoloss-server (process \(processID)) works in \(directory); stop it, or choose "
                + "another data directory"
        case .directory(let path, let reason):
            "the folder \(path) cannot be used: \(reason)"
        case .failed(let program, let status, let output):
            "\(program) ended with status \(status): \(output)"
        }
    }
}

extension EmbeddedPostgresError: CustomStringConvertible {
    package var description: String { message }
}
