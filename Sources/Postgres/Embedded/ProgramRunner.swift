import Dispatch
import Foundation
import Glibc

/// Runs PostgreSQL's programs, as another account when this process is root: PostgreSQL refuses to
/// run as root.
struct ProgramRunner: Sendable {
    /// Account to run as; nil for our own.
    let account: String?

    struct Outcome: Sendable {
        let status: Int32
        let output: String
    }

    /// Runs to the end without blocking the caller's thread; `output` is both streams together.
    func run(_ program: String, _ arguments: [String]) async throws(EmbeddedPostgresError)
        -> Outcome
    {
        let command = account.map { ["runuser", "-u", $0, "--", program] + arguments }
        let words = command ?? [program] + arguments
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Self.spawn(words)) }
        }
        return try result.get()
    }

    /// Like `run`, with any status but 0 an error.
    @discardableResult
    func demand(_ program: String, _ arguments: [String]) async throws(EmbeddedPostgresError)
        -> String
    {
        let outcome = try await run(program, arguments)
        guard outcome.status == 0 else {
            throw .failed(program: program, status: outcome.status, output: outcome.output)
        }
        return outcome.output
    }

    /// Output goes through a file, and the child gets no other descriptor of ours (so not
    /// Foundation's `Process`): a database server started by the program would hold either open for
    /// ever, and we would wait for it.
    private static func spawn(_ words: [String]) -> Result<Outcome, EmbeddedPostgresError> {
        var path = Array("/tmp/isoloss-output-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else {
            return .failure(.directory(path: "/tmp", reason: String(cString: strerror(errno))))
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        unlink(path)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptor, 1)
        posix_spawn_file_actions_adddup2(&actions, descriptor, 2)
        closeOthers(in: &actions)
        // PostgreSQL's programs complain of a working folder that their account may not enter.
        var arguments = (["env", "-C", "/"] + words).map { strdup($0) } + [nil]
        var environment = variables().map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var child: pid_t = 0
        let refusal = posix_spawnp(&child, "env", &actions, nil, &arguments, &environment)
        guard refusal == 0 else {
            let reason = String(cString: strerror(refusal))
            return .failure(.failed(program: words[0], status: refusal, output: reason))
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        do {
            try file.seek(toOffset: 0)
            let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            let output = text.suffix(2_000).trimmingCharacters(in: .whitespacesAndNewlines)
            return .success(Outcome(status: exitStatus(status), output: output))
        } catch {
            return .failure(.failed(program: words[0], status: -1, output: "\(error)"))
        }
    }

    /// Closes, in the child alone, every descriptor but the three standard ones. Marking ours
    /// instead would take from other threads what they are about to hand to children of their own.
    private static func closeOthers(in actions: inout posix_spawn_file_actions_t) {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        for descriptor in (names ?? []).compactMap(Int32.init) where descriptor > 2 {
            // One that was closed meanwhile is no matter.
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
    }

    /// Our environment without what would redirect PostgreSQL's programs, and with plain messages.
    private static func variables() -> [String] {
        ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
            .filter { !$0.key.hasPrefix("PG") }
            .map { "\($0.key)=\($0.value)" }
    }

    /// As a shell says it: 128 and the signal's number after a signal.
    private static func exitStatus(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
