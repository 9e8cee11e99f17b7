import Logging
import Metrics
import ServiceLifecycle
import Storage

/// Merges stored batches into chunks while the server runs, and gives their space back beside it.
struct MergeWorker: Service {
    private let merger: SegmentMerger
    private let now: @Sendable () -> Int64
    private let logger: Logger
    /// Rest after what was due is merged, and after an error.
    private static let pause = Duration.seconds(1)
    private static let longPause = Duration.seconds(5)
    private static let reclaimPause = Duration.seconds(2)
    /// After so many there is more already.
    private static let busyPointCount = 2 << 20

    private let points = Counter(label: "isoloss_merge_points_total")
    private let segments = Counter(label: "isoloss_merge_segments_total")
    private let chunks = Counter(label: "isoloss_merge_chunks_total")
    private let seconds = Timer(label: "isoloss_merge_seconds")
    private let backlog = Gauge(label: "isoloss_merge_backlog_points")

    /// `now` gives microseconds since 1970.
    init(merger: SegmentMerger, now: @escaping @Sendable () -> Int64, logger: Logger) {
        self.merger = merger
        self.now = now
        self.logger = logger
    }

    /// Works until shutdown; a transaction under way is finished first.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            async let reclaiming: Void = repeating { await reclaim() }
            await repeating { await pass() }
            await reclaiming
        }
    }

    /// Calls `turn` until shutdown, and rests as long as it says.
    private func repeating(_ turn: () async -> Duration?) async {
        while !Task.isCancelled {
            guard let pause = await turn() else { continue }
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    private func reclaim() async -> Duration? {
        do {
            let waiting = try await merger.backlog()
            backlog.record(waiting.pointCount)
            try await merger.reclaim(waiting)
            return Self.reclaimPause
        } catch {
            logger.warning("space is not given back", metadata: ["reason": "\(error.message)"])
            return Self.longPause
        }
    }

    /// Returns how long to rest; nil when more is due.
    private func pass() async -> Duration? {
        let start = ContinuousClock.now
        do {
            let outcome = try await merger.pass(now: now())
            for failure in outcome.failures {
                logger.error("cannot merge", metadata: ["reason": "\(failure)"])
            }
            if outcome.segmentCount > 0 {
                points.increment(by: outcome.pointCount)
                segments.increment(by: outcome.segmentCount)
                chunks.increment(by: outcome.chunkCount)
                seconds.record(duration: ContinuousClock.now - start)
            }
            return outcome.pointCount < Self.busyPointCount ? Self.pause : nil
        } catch {
            // The database is away or busy; what waits stays where it is.
            logger.warning("merging waits", metadata: ["reason": "\(error.message)"])
            return Self.longPause
        }
    }
}
