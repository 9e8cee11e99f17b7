import Foundation
import Glibc
import Postgres

/// A private PostgreSQL cluster in a throwaway folder, the same for every server that is measured.
struct BenchmarkCluster {
    let folder: String
    let conninfo: String
    let processID: pid_t
    private let postgres: EmbeddedPostgres

    /// `commitDelayMilliseconds` makes every commit wait that long before its flush
    /// (PostgreSQL's `commit_delay` with `commit_siblings = 0`).
    static func start(commitDelayMilliseconds: Double = 0) async throws -> BenchmarkCluster {
        let folder = "/tmp/isoloss-benchmark-\(getpid())-\(UInt16.random(in: 0 ... .max))"
        var settings: [String: String] = [:]
        if commitDelayMilliseconds > 0 {
            settings["commit_delay"] = "\(Int(commitDelayMilliseconds * 1_000))"
            settings["commit_siblings"] = "0"
        }
        let postgres = EmbeddedPostgres(dataDirectory: folder, settings: settings)
        let conninfo = try await postgres.start()
        guard let processID = await postgres.processID else {
            throw LoadError.notReady("the cluster in \(folder) ended at once")
        }
        StartedPrograms.add(processID)
        StartedPrograms.add(folder: folder)
        return BenchmarkCluster(
            folder: folder,
            conninfo: conninfo,
            processID: processID,
            postgres: postgres
        )
    }

    var meter: DatabaseMeter { DatabaseMeter(conninfo: conninfo) }
    var tree: ProcessTree { ProcessTree(root: processID) }

    /// The folder of the socket, for programs that take an address instead of libpq's words.
    var socketFolder: String {
        conninfo.firstMatch(of: /host='([^']*)'/).map { String($0.1) } ?? folder + "/socket"
    }

    func stop() async throws {
        try await postgres.stop()
        StartedPrograms.remove(processID)
        StartedPrograms.remove(folder: folder)
        try FileManager.default.removeItem(atPath: folder)
    }
}
