import Foundation
import Glibc

/// What the file `postmaster.pid` of a cluster says, judged against the processes that exist.
enum Postmaster: Equatable {
    /// Nobody serves the cluster. A stale file is PostgreSQL's own to judge and remove.
    case absent
    /// A server of this very cluster lives.
    case running(processID: pid_t)
    /// The file names a process that lives but is another program: numbers are used again after a
    /// restart of the machine or container, and PostgreSQL would refuse to start for ever.
    case impostor

    static func look(at cluster: String) -> Postmaster {
        guard let text = try? String(contentsOfFile: cluster + "/postmaster.pid", encoding: .utf8),
            let line = text.split(separator: "\n").first,
            let processID = pid_t(line.trimmingCharacters(in: .whitespaces)), processID > 0
        else { return .absent }  // no file, or half a file: nobody serves
        guard kill(processID, 0) == 0 || errno == EPERM else { return .absent }
        guard let words = commandLine(of: processID) else { return .absent }
        let name = (words.first ?? "").split(separator: "/").last ?? ""
        let servesUs = zip(words, words.dropFirst()).contains { $0 == "-D" && $1 == cluster }
        return name == "postgres" && servesUs ? .running(processID: processID) : .impostor
    }

    private static func commandLine(of processID: pid_t) -> [String]? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(processID)/cmdline") else {
            return nil
        }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
