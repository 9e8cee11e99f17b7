package import Foundation

/// What a chunk says of all its points.
package struct ChunkSummary: Sendable, Hashable {
    package var pointCount: Int
    package var notFiniteCount: Int
    /// Of the first and the last point.
    package var firstStep: Int64
    package var lastStep: Int64
    /// Least and greatest time, microseconds since 1970.
    package var firstTime: Int64
    package var lastTime: Int64
    /// Whether times never go back in the order of steps.
    package var isTimeOrdered: Bool
    /// Least and greatest finite value; nil when none is finite.
    package var minimum: Double?
    package var maximum: Double?
    /// Value of the last point, which may be NaN.
    package var last: Double

    package init(
        pointCount: Int,
        notFiniteCount: Int,
        firstStep: Int64,
        lastStep: Int64,
        firstTime: Int64,
        lastTime: Int64,
        isTimeOrdered: Bool,
        minimum: Double?,
        maximum: Double?,
        last: Double
    ) {
        self.pointCount = pointCount
        self.notFiniteCount = notFiniteCount
        self.firstStep = firstStep
        self.lastStep = lastStep
        self.firstTime = firstTime
        self.lastTime = lastTime
        self.isTimeOrdered = isTimeOrdered
        self.minimum = minimum
        self.maximum = maximum
        self.last = last
    }
}

/// A stored chunk without its points.
package struct ChunkHead: Sendable, Hashable {
    package var id: UUID
    package var summary: ChunkSummary

    package init(id: UUID, summary: ChunkSummary) {
        self.id = id
        self.summary = summary
    }
}

/// Merged points of one series: at most `Limits.pointsPerChunkCount`, in series order, each once.
/// Chunks of one series never overlap in that order.
package struct Chunk: Sendable, Hashable {
    package var summary: ChunkSummary
    /// Of `Limits.pointsPerBlockCount` points each, the last one of the rest.
    package var blocks: [BlockSummary]
    /// `blocks` as they are stored.
    package var blockBytes: [UInt8]
    package var bytes: SegmentBytes
}
