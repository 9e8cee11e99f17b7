import Foundation
import Runs

/// What long series looked at lately say of themselves, so that another zoom reads only the blocks
/// that its edges cut.
final class ChunkCache: Sendable {
    private struct Heads: Sendable {
        let version: String
        let heads: [ChunkHead]
    }

    private let heads: LeastRecentlyUsed<SeriesKey, Heads>
    /// By the chunk's id: a chunk never changes.
    private let blocks: LeastRecentlyUsed<UUID, [BlockSummary]>

    init(byteLimit: Int = Limits.chunkCacheBytes) {
        heads = LeastRecentlyUsed(byteLimit: byteLimit / 2)
        blocks = LeastRecentlyUsed(byteLimit: byteLimit / 2)
    }

    /// All chunks of each of these series, where they are known and true.
    ///
    /// They are true as long as the series' row of `metric` has the version it was read with: every
    /// new point changes that row, and while nothing is fresh nobody writes chunks anew.
    func heads(_ series: [WantedSeries]) -> [SeriesKey: [ChunkHead]] {
        let found = heads.values(series.map(\.key))
        return zip(series, found).reduce(into: [:]) { known, pair in
            guard let entry = pair.1, entry.version == pair.0.version else { return }
            known[pair.0.key] = entry.heads
        }
    }

    /// Keeps all chunks of series, which have no fresh points. Short series are read as fast.
    func insert(_ series: [(WantedSeries, [ChunkHead])]) {
        let kept = series.filter { $0.1.count >= Limits.cachedChunkCount }
        guard !kept.isEmpty else { return }
        heads.insert(
            kept.map {
                (
                    $0.key, Heads(version: $0.version, heads: $1),
                    200 + $1.count * MemoryLayout<ChunkHead>.stride
                )
            }
        )
    }

    func blocks(_ chunks: [UUID]) -> [[BlockSummary]?] { blocks.values(chunks) }

    func insert(_ found: [(UUID, [BlockSummary])]) {
        blocks.insert(
            found.map { ($0, $1, 200 + $1.count * MemoryLayout<BlockSummary>.stride) }
        )
    }
}
