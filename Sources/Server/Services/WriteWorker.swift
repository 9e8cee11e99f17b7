import Logging
import Metrics
import ServiceLifecycle
import Storage

/// What the point writer needs beside itself while the server runs: it is measured, and the keys of
/// requests are forgotten after their time.
struct WriteWorker: Service {
    private let store: Store
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private static let pause = Duration.seconds(60)

    /// `now` gives microseconds since 1970.
    init(store: Store, now: @escaping @Sendable () -> Int64, logger: Logger) {
        self.store = store
        self.now = now
        self.logger = logger
        let instruments = Instruments()
        store.writer.observe { instruments.note($0) }
    }

    private struct Instruments: Sendable {
        let points = Counter(label: "isoloss_write_points_total")
        let batches = Counter(label: "isoloss_write_batches_total")
        let commits = Counter(label: "isoloss_write_commits_total")
        let refused = Counter(label: "isoloss_write_refused_total")
        let seconds = Metrics.Timer(label: "isoloss_write_commit_seconds")
        let waiting = Gauge(label: "isoloss_write_waiting_batches")
        let waitingBytes = Gauge(label: "isoloss_write_waiting_bytes")

        func note(_ event: WriteEvent) {
            switch event {
            case .refused: refused.increment()
            case .commit(let commit):
                points.increment(by: commit.pointCount)
                batches.increment(by: commit.batchCount)
                commits.increment()
                seconds.recordNanoseconds(commit.nanoseconds)
                waiting.record(commit.waitingCount)
                waitingBytes.record(commit.waitingBytes)
            }
        }
    }

    /// Works until shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await store.forgetIngestKeys(now: now()) > 0 {}
                } catch {
                    logger.warning(
                        "old keys of requests stay",
                        metadata: ["reason": "\(error)"]
                    )
                }
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
        }
    }
}
