import Dispatch
import Foundation
import Glibc

/// A tracking server under measurement, with the cluster it writes to.
struct MeasuredServer {
    let name: String
    private(set) var port: Int
    let cluster: BenchmarkCluster
    private(set) var process: ChildProgram
    /// Isoloss merges in the background; what others do is done when they answer.
    let isIsoloss: Bool
    /// False measures the answering alone, for a quick look.
    var waitsForMerging = true

    var meter: Meter {
        Meter(server: ProcessTree(root: process.processID), database: cluster.tree)
    }

    func stop() async throws {
        await process.stop()
        try await cluster.stop()
    }

    /// One request, on a connection of its own.
    func call(_ request: [UInt8]) throws(LoadError) -> LoadAnswer {
        var connection = try LoadConnection(port: port)
        return try connection.exchange(request)
    }

    /// Waits until nothing is left to merge and the server gave the space of what it merged back;
    /// the seconds it took, or infinity when the backlog stands still for a minute.
    @discardableResult
    func drain() async throws -> Double {
        guard isIsoloss, waitsForMerging else { return 0 }
        let clock = ContinuousClock()
        let start = clock.now
        guard try await merged() else { return .infinity }
        let deadline = clock.now + .seconds(60)
        while clock.now < deadline, try await cluster.meter.segmentBytes() > Self.keptSegmentBytes {
            try await Task.sleep(for: .milliseconds(500))
        }
        return (clock.now - start) / .seconds(1)
    }

    /// An empty table of segments may keep as much.
    private static let keptSegmentBytes = 16 << 20

    /// Waits until no segment is left; false when the backlog stands still for a minute.
    private func merged() async throws -> Bool {
        let clock = ContinuousClock()
        var least = Int.max
        var progress = clock.now
        while true {
            let waiting = try await cluster.meter.unmergedSegments()
            if waiting == 0 { return true }
            if waiting < least {
                least = waiting
                progress = clock.now
            } else if clock.now - progress > .seconds(60) {
                say("\(waiting) segments stay unmerged")
                return false
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Waits up to two minutes until quiet runs are packed for the search.
    func waitUntilPacked() async throws {
        for _ in 0..<240 {
            if try await cluster.meter.unpackedRuns() == 0 { return }
            try await Task.sleep(for: .milliseconds(500))
        }
        say("\(try await cluster.meter.unpackedRuns()) runs are still not packed")
    }

    /// Lends a release server of our own, and stops it and its cluster whatever happens. `body`
    /// may put another process in its place.
    static func withIsoloss(
        commitDelayMilliseconds: Double = 0,
        _ body: (inout MeasuredServer) async throws -> Void
    ) async throws {
        let signals = StartedPrograms.endOnSignals()
        defer { for source in signals { source.cancel() } }
        var server = try await isoloss(commitDelayMilliseconds: commitDelayMilliseconds)
        do {
            try await body(&server)
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    /// Our own release server on a cluster made for the purpose.
    static func isoloss(commitDelayMilliseconds: Double = 0) async throws -> MeasuredServer {
        let cluster = try await BenchmarkCluster.start(
            commitDelayMilliseconds: commitDelayMilliseconds
        )
        let process = try startIsoloss(cluster)
        do {
            return MeasuredServer(
                name: "Isoloss",
                port: try await portSaid(by: process),
                cluster: cluster,
                process: process,
                isIsoloss: true
            )
        } catch {
            await process.stop()
            try await cluster.stop()
            throw error
        }
    }

    /// Ends the process and starts another, which has cached nothing, on the same cluster.
    mutating func restart() async throws {
        await process.stop()
        process = try Self.startIsoloss(cluster)
        port = try await Self.portSaid(by: process)
    }

    private static func startIsoloss(_ cluster: BenchmarkCluster) throws(LoadError) -> ChildProgram
    {
        let program =
            URL(fileURLWithPath: CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent().path + "/isoloss-server"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw .notReady("\(program) is missing; build it: swift build -c release")
        }
        let words = [
            program, "serve", "--host", "127.0.0.1", "--port", "0", "--data-dir",
            cluster.folder + "/server", "--log-level", "warning",
        ]
        return try ChildProgram(
            words,
            environment: ["ISOLOSS_DATABASE_URL": cluster.conninfo],
            log: "\(cluster.folder)/server-\(UInt32.random(in: 0 ... .max)).log"
        )
    }

    private static func portSaid(by process: ChildProgram) async throws -> Int {
        func port() -> Int? {
            process.log.matches(of: /http:\/\/127\.0\.0\.1:([1-9][0-9]*)\//).last
                .flatMap { Int($0.1) }
        }
        try await process.waitUntil("isoloss-server did not start") { port() != nil }
        guard let port = port() else { throw LoadError.notReady(process.log) }
        return port
    }
}
