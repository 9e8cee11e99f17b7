import Foundation
import Glibc

/// A server process that a benchmark started, in a process group of its own; output goes to a file.
final class ChildProgram: Sendable {
    let processID: pid_t
    let logPath: String

    /// `words` are the program and its arguments; `environment` is added to ours.
    init(
        _ words: [String],
        environment: [String: String] = [:],
        log: String
    ) throws(LoadError) {
        logPath = log
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var arguments = words.map { strdup($0) } + [nil]
        var variables =
            ProcessInfo.processInfo.environment.merging(environment) { $1 }
            .map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let status = posix_spawnp(
            &child,
            words[0],
            &actions,
            &attributes,
            &arguments,
            &variables
        )
        guard status == 0 else {
            throw .system(call: words[0], reason: String(cString: strerror(status)))
        }
        processID = child
        StartedPrograms.add(child)
    }

    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// Waits until the process ends and says how.
    func wait() async -> Int32 {
        let processID = processID
        return await onThread {
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0, errno == EINTR {}
            StartedPrograms.remove(processID)
            return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        }
    }

    /// Asks the whole group to end, and ends it after 20 seconds.
    func stop() async {
        kill(-processID, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(20)
        var status: Int32 = 0
        while waitpid(processID, &status, WNOHANG) == 0 {
            if ContinuousClock.now > deadline { kill(-processID, SIGKILL) }
            usleep(20_000)
        }
        kill(-processID, SIGKILL)  // workers that outlived their parent
        StartedPrograms.remove(processID)
    }

    /// Waits until `isReady` says so; an error with the end of the log otherwise.
    func waitUntil(
        _ what: String,
        seconds: Double = 120,
        _ isReady: () async -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if await isReady() { return }
            if kill(processID, 0) != 0 { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw LoadError.notReady("\(what):\n\(log.suffix(2_000))")
    }
}
