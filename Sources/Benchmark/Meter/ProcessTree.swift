import Foundation
import Glibc

/// CPU and memory of a process and its descendants, from /proc.
struct ProcessTree {
    /// What a tree had used up to one moment.
    struct Usage {
        /// User and system seconds, of ended children too.
        var seconds = 0.0
        /// Resident bytes; pages that processes share count once for each.
        var residentBytes = 0
        /// Bytes of its share of resident pages: shared ones divided by those who share them.
        var proportionalBytes = 0
        var processes = 0
    }

    let root: pid_t

    func usage() -> Usage {
        let all = Self.processes()
        var usage = Usage()
        var pending = [root]
        while let id = pending.popLast() {
            guard let process = all[id] else { continue }
            usage.seconds += process.seconds
            usage.residentBytes += process.residentBytes
            usage.proportionalBytes += Self.proportionalBytes(id) ?? process.residentBytes
            usage.processes += 1
            pending += all.filter { $0.value.parent == id }.map(\.key)
        }
        return usage
    }

    private struct Entry {
        var parent: pid_t
        var seconds: Double
        var residentBytes: Int
    }

    private static func processes() -> [pid_t: Entry] {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        var entries: [pid_t: Entry] = [:]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for id in names.compactMap(pid_t.init) {
            // Fields are counted after the name, which may hold spaces and brackets (man 5 proc).
            guard let data = FileManager.default.contents(atPath: "/proc/\(id)/stat"),
                let close = data.lastIndex(of: UInt8(ascii: ")"))
            else { continue }  // ended meanwhile
            let fields = String(decoding: data[(close + 1)...], as: UTF8.self)
                .split(separator: " ")
            guard fields.count > 21, let parent = pid_t(fields[1]), let pages = Int(fields[21])
            else { continue }
            let used = fields[11...14].compactMap { Double($0) }.reduce(0, +)
            entries[id] = Entry(
                parent: parent,
                seconds: used / ticks,
                residentBytes: pages * page
            )
        }
        return entries
    }

    private static func proportionalBytes(_ id: pid_t) -> Int? {
        let path = "/proc/\(id)/smaps_rollup"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kilobytes << 10
    }
}
