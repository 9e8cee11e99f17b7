package import API
package import Foundation
import Runs

/// A folder that keeps what was logged until a server has it. Below it stand a folder for each
/// server, in that one for each run, and the names under which runs were made.
package struct SpoolFolder: Sendable {
    /// Most bytes that may wait in one spool.
    package static let limitBytes = 4 << 30
    /// A run of which nothing waits is forgotten after so long a rest.
    package static let keepSeconds: Double = 30 * 86_400

    package let path: String
    private let limitBytes: Int

    package init(path: String, limitBytes: Int = Self.limitBytes) {
        self.path = path
        self.limitBytes = limitBytes
    }

    /// The folder that the settings name, else one among the user's own.
    package static func usual(_ environment: [String: String], home: String) -> String {
        if let named = environment["ISOLOSS_SPOOL"], !named.isEmpty { return named }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/isoloss/spool"
        }
        return home + "/.local/state/isoloss/spool"
    }

    /// Every run of which something is kept here.
    package func runs() -> [RunSpool] {
        SpoolFiles.names(in: path).flatMap { server in
            SpoolFiles.names(in: "\(path)/\(server)/runs").map { run in
                spool("\(path)/\(server)/runs/\(run)")
            }
        }
    }

    /// The records of a run that exists on the server.
    package func open(_ target: SpoolTarget) throws(SpoolError) -> RunSpool {
        let key = target.run ?? "name-" + Self.hash([target.project ?? "", target.name ?? ""])
        return try open(target, key)
    }

    /// The records of the run of this name that this machine makes: the one it made last and that
    /// has not ended, else a new one, which is made on the server when that can be reached.
    ///
    /// - Parameters:
    ///   - time: microseconds since 1970.
    ///   - run: the id of the run if it is new.
    package func make(
        _ run: NewRunMessage,
        server: String,
        time: Int64
    ) throws(SpoolError) -> (spool: RunSpool, id: String, isNew: Bool) {
        let folder = serverFolder(server) + "/names"
        try SpoolFiles.makeFolder(folder)
        let lock = try FileLock(folder + "/lock")
        defer { withExtendedLifetime(lock) {} }
        let index = folder + "/" + Self.hash([run.project, run.name])
        if SpoolFiles.exists(index) {
            let id = String(decoding: try SpoolFiles.read(index), as: UTF8.self)
            if RunID(hex: id) != nil {
                let spool = try open(Self.target(run, server, id), id)
                if try spool.checkpoint().isFinished != true, !spool.isEmpty {
                    return (spool, id, false)
                }
            }
        }
        var run = run
        let id = (run.id ?? RunID(UUID())).hex
        run.id = RunID(hex: id)
        run.startTime = run.startTime ?? time
        let spool = try open(Self.target(run, server, id), id)
        try spool.append([
            SpoolRecord(.create, .init(time: time, isFinished: false), body: RunSpool.json(run))
        ])
        try SpoolFiles.write(Array(id.utf8), to: index)
        return (spool, id, true)
    }

    /// Forgets runs of which nothing waits and nothing was refused, and that rested for long.
    package func prune(now: Date) throws(SpoolError) {
        for run in runs() where run.refusedCount() == 0 {
            let waiting = try run.waiting()
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: run.folder + "/append.lock"
            )
            let changed = [run.folder, run.folder + "/sent.json"].compactMap { path in
                let values = try? FileManager.default.attributesOfItem(atPath: path)
                return values?[.modificationDate] as? Date
            }.max()
            guard waiting.records == 0, attributes != nil, let changed,
                now.timeIntervalSince(changed) > Self.keepSeconds,
                let lock = try FileLock.attempt(run.folder + "/append.lock")
            else { continue }
            defer { withExtendedLifetime(lock) {} }
            do {
                try FileManager.default.removeItem(atPath: run.folder)
            } catch {
                throw .unusable(path: run.folder, reason: SpoolFiles.reason(error))
            }
        }
    }

    /// All bytes of the files below a folder.
    package static func byteCount(below path: String) -> Int {
        let files = FileManager.default.enumerator(
            at: URL(filePath: path),
            includingPropertiesForKeys: [.fileSizeKey]
        )
        var total = 0
        while let file = files?.nextObject() as? URL {
            total += (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
        }
        return total
    }

    private func open(_ target: SpoolTarget, _ key: String) throws(SpoolError) -> RunSpool {
        let folder = serverFolder(target.server) + "/runs/" + key
        let spool = spool(folder)
        if !SpoolFiles.exists(folder + "/run.json") {
            try SpoolFiles.makeFolder(folder)
            try spool.write(target)
        }
        return spool
    }

    private func spool(_ folder: String) -> RunSpool {
        RunSpool(folder: folder, root: path, limitBytes: limitBytes)
    }

    private func serverFolder(_ server: String) -> String { path + "/" + Self.hash([server]) }

    private static func target(_ run: NewRunMessage, _ server: String, _ id: String) -> SpoolTarget
    {
        SpoolTarget(server: server, run: id, project: run.project, name: run.name)
    }

    /// 32 digits that tell texts apart (FNV-1a, twice); names of files must be short and plain.
    static func hash(_ texts: [String]) -> String {
        let bytes: [UInt8] = texts.flatMap { text -> [UInt8] in Array(text.utf8) + [0] }
        let seeds: [UInt64] = [0xCBF2_9CE4_8422_2325, 0x84_2223_25CB_F29C]
        let halves = seeds.map { seed in
            bytes.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        return halves.map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
