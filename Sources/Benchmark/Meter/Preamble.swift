/// What every table of a run stands under.
enum Preamble {
    static func show(_ cluster: BenchmarkCluster) async throws {
        say("Machine: \(Machine.description)")
        let sync = try Machine.syncMilliseconds(folder: cluster.folder)
        let commit = try await cluster.meter.commitMilliseconds()
        let version = try await cluster.meter.version()
        say("PostgreSQL \(version): fdatasync \(short(sync)) ms, commit \(short(commit)) ms")
        say("")
    }
}
