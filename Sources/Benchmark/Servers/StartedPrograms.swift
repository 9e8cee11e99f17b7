import Dispatch
import Foundation
import Glibc
import Synchronization

/// What is to be ended and removed when the benchmark itself is interrupted.
enum StartedPrograms {
    private struct State {
        var processes: Set<pid_t> = []
        var folders: Set<String> = []
    }

    private static let state = Mutex(State())

    static func add(_ processID: pid_t) { state.withLock { _ = $0.processes.insert(processID) } }
    static func remove(_ processID: pid_t) { state.withLock { _ = $0.processes.remove(processID) } }
    static func add(folder: String) { state.withLock { _ = $0.folders.insert(folder) } }
    static func remove(folder: String) { state.withLock { _ = $0.folders.remove(folder) } }

    /// On the usual signals, ends every started program, then this one; nothing is kept.
    static func endOnSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { endAll() }
            source.resume()
            return source
        }
    }

    private static func endAll() {
        let state = state.withLock { $0 }
        for processID in state.processes {
            kill(-processID, SIGKILL)
            kill(processID, SIGQUIT)  // PostgreSQL's immediate stop
        }
        usleep(500_000)
        for folder in state.folders {
            // What cannot be removed stays in /tmp, which is nobody's loss.
            try? FileManager.default.removeItem(atPath: folder)
        }
        exit(130)
    }
}
