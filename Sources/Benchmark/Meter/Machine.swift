import Foundation
import Glibc

/// The machine a figure was taken on.
enum Machine {
    static var description: String {
        let cpu = lines("/proc/cpuinfo").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        let memory =
            lines("/proc/meminfo").first { $0.hasPrefix("MemTotal") }?
            .split(separator: " ").compactMap { Int($0) }.first ?? 0
        let kernel = lines("/proc/sys/kernel/osrelease").first ?? "?"
        return "\(ProcessInfo.processInfo.activeProcessorCount) × \(cpu ?? "?"), "
            + "\(memory >> 20) GB, Linux \(kernel), load \(load)"
    }

    static var load: String {
        lines("/proc/loadavg").first?.split(separator: " ").first.map(String.init) ?? "?"
    }

    /// Milliseconds of an 8 kB write and fdatasync in a folder, on average of `count`: what
    /// `pg_test_fsync` measures, and the least a commit can cost there.
    static func syncMilliseconds(folder: String, count: Int = 500) throws(LoadError) -> Double {
        let path = folder + "/fdatasync-\(getpid())"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .system(call: "open \(path)", reason: String(cString: strerror(errno)))
        }
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 1, count: 8 << 10)
        _ = pwrite(descriptor, block, block.count, 0)
        fdatasync(descriptor)
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<count {
            guard pwrite(descriptor, block, block.count, 0) == block.count,
                fdatasync(descriptor) == 0
            else { throw .system(call: "fdatasync", reason: String(cString: strerror(errno))) }
        }
        return (clock.now - start) / .milliseconds(count)
    }

    private static func lines(_ path: String) -> [Substring] {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
    }
}
