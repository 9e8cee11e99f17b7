import Foundation
import Glibc
import Synchronization

/// What one connection of a load sends.
protocol RequestSource {
    /// Replaces `request` by the next request and says how many points it carries; nil at the end.
    mutating func next(_ request: inout [UInt8]) -> Int?
}

/// What a load came to.
struct LoadOutcome: Sendable {
    /// Milliseconds of each request that was answered with 200, ascending.
    var latencies: [Float] = []
    var points = 0
    var bytesSent = 0
    var failureCount = 0
    var failures: [String] = []
    /// From the first request to the last answer.
    var seconds = 0.0
    /// CPU seconds of the threads that drove the load.
    var clientSeconds = 0.0

    var requests: Int { latencies.count }
    var pointsPerSecond: Double { seconds > 0 ? Double(points) / seconds : 0 }
    var requestsPerSecond: Double { seconds > 0 ? Double(requests) / seconds : 0 }

    /// Milliseconds that `share` (0 to 1) of the requests took at most.
    func quantile(_ share: Double) -> Double {
        guard !latencies.isEmpty else { return .nan }
        let rank = Int((share * Double(latencies.count)).rounded(.up)) - 1
        return Double(latencies[min(max(rank, 0), latencies.count - 1)])
    }

    mutating func merge(_ other: LoadOutcome) {
        latencies += other.latencies
        points += other.points
        bytesSent += other.bytesSent
        failureCount += other.failureCount
        failures = Array((failures + other.failures).prefix(3))
        clientSeconds += other.clientSeconds
    }
}

/// Drives connections until a time is over or their sources are empty. Every connection has one
/// request under way; a few threads share the connections.
struct LoadRun: Sendable {
    var port: Int
    var connections: Int
    var threads: Int
    /// No request is sent after this many seconds.
    var seconds: Double

    func drive(
        _ source: @escaping @Sendable (_ connection: Int) -> any RequestSource
    ) async throws -> LoadOutcome {
        let start = DispatchTime.now().uptimeNanoseconds
        let results = await withTaskGroup(of: Result<LoadOutcome, LoadError>.self) { group in
            for thread in 0..<threads {
                let mine = Array(stride(from: thread, to: connections, by: threads))
                group.addTask {
                    await onThread { LoadThread.run(self, start, mine.map(source)) }
                }
            }
            var results: [Result<LoadOutcome, LoadError>] = []
            for await result in group { results.append(result) }
            return results
        }
        var outcome = LoadOutcome()
        for result in results { outcome.merge(try result.get()) }
        outcome.latencies.sort()
        outcome.seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        return outcome
    }
}

/// Runs blocking work on a thread of its own.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: work()) }
    }
}

/// One thread of a load.
private enum LoadThread {
    static func run(
        _ plan: LoadRun,
        _ start: UInt64,
        _ sources: [any RequestSource]
    ) -> Result<LoadOutcome, LoadError> {
        let cpu = threadSeconds()
        var outcome = LoadOutcome()
        do {
            try drive(plan, start + UInt64(plan.seconds * 1e9), sources, &outcome)
        } catch {
            return .failure(error)
        }
        outcome.clientSeconds = threadSeconds() - cpu
        return .success(outcome)
    }

    private static func drive(
        _ plan: LoadRun,
        _ deadline: UInt64,
        _ sources: [any RequestSource],
        _ outcome: inout LoadOutcome
    ) throws(LoadError) {
        var slots: [Int: Slot] = [:]
        var entries: [pollfd] = []
        for source in sources {
            let slot = Slot(connection: try LoadConnection(port: plan.port), source: source)
            guard try slot.send(before: deadline, &outcome) else { continue }
            entries.append(
                pollfd(fd: slot.connection.descriptor, events: Int16(POLLIN), revents: 0)
            )
            slots[entries.count - 1] = slot
        }
        var busy = entries.count
        while busy > 0 {
            guard poll(&entries, nfds_t(entries.count), 120_000) > 0 else {
                if errno == EINTR { continue }
                throw .notReady("no answer within 120 seconds")
            }
            for index in entries.indices where entries[index].revents != 0 {
                guard let slot = slots[index] else { continue }
                guard try slot.receive(&outcome) else { continue }
                if try !slot.send(before: deadline, &outcome) {
                    entries[index].fd = -1
                    busy -= 1
                }
            }
        }
    }

    /// A connection and what it sends.
    final class Slot {
        var connection: LoadConnection
        private var source: any RequestSource
        private var request: [UInt8] = []
        private var points = 0
        private var sentAt: UInt64 = 0

        init(connection: consuming LoadConnection, source: any RequestSource) {
            self.connection = connection
            self.source = source
        }

        /// False when the time is over or the source is empty.
        func send(before deadline: UInt64, _ outcome: inout LoadOutcome) throws(LoadError) -> Bool {
            guard DispatchTime.now().uptimeNanoseconds < deadline,
                let points = source.next(&request)
            else { return false }
            self.points = points
            sentAt = DispatchTime.now().uptimeNanoseconds
            try connection.send(request)
            outcome.bytesSent += request.count
            return true
        }

        /// True once the answer is whole.
        func receive(_ outcome: inout LoadOutcome) throws(LoadError) -> Bool {
            guard let response = try connection.receive() else { return false }
            let nanoseconds = DispatchTime.now().uptimeNanoseconds - sentAt
            if response.status == 200 {
                outcome.latencies.append(Float(nanoseconds) / 1e6)
                outcome.points += self.points
            } else {
                outcome.failureCount += 1
                if outcome.failures.count < 3 {
                    outcome.failures.append("\(response.status) \(response.text.prefix(200))")
                }
            }
            return true
        }
    }

    /// CPU seconds of this thread.
    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
