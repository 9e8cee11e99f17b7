import Foundation
import Metrics

/// What the kernel says of this process, read from `/proc/self`; nothing where there is none.
struct ProcessStatistics: Sendable, Hashable {
    var residentBytes: Double
    var virtualBytes: Double
    /// User and system time together.
    var cpuSeconds: Double
    var threadCount: Double
    /// Unix time.
    var startSeconds: Double

    static func read() -> Self? {
        guard let stat = text("/proc/self/stat") else { return nil }
        let uptime = text("/proc/uptime")?.split(separator: " ").first.flatMap { Double($0) }
        let started = uptime.map { Date().timeIntervalSince1970 - $0 } ?? 0
        return Self(stat: stat, pageBytes: sysconf(Int32(_SC_PAGESIZE)), bootSeconds: started)
    }

    /// Reads the line of `/proc/PID/stat`; see proc(5). The program's name, in parentheses, may
    /// hold anything, so that fields are counted from its end.
    init?(stat: String, pageBytes: Int, ticksPerSecond: Double = 100, bootSeconds: Double) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
        guard fields.count > 21 else { return nil }
        cpuSeconds = (fields[11] + fields[12]) / ticksPerSecond
        threadCount = fields[17]
        startSeconds = bootSeconds + fields[19] / ticksPerSecond
        virtualBytes = fields[20]
        residentBytes = fields[21] * Double(pageBytes)
    }

    static func openFileCount() -> Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count
    }

    /// Sets the gauges that Prometheus' own clients use for the same things.
    static func record() {
        if let statistics = read() {
            Meter(label: "process_resident_memory_bytes").set(statistics.residentBytes)
            Meter(label: "process_virtual_memory_bytes").set(statistics.virtualBytes)
            Meter(label: "process_cpu_seconds_total").set(statistics.cpuSeconds)
            Meter(label: "process_threads").set(statistics.threadCount)
            Meter(label: "process_start_time_seconds").set(statistics.startSeconds)
        }
        if let count = openFileCount() { Meter(label: "process_open_fds").set(Double(count)) }
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
