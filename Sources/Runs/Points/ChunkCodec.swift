/// Packs chunks, and reads them whole or block by block.
package enum ChunkCodec {
    /// `points` are in series order, each once, 1 to `Limits.pointsPerChunkCount`.
    package static func encode(_ points: PointColumns) -> Chunk {
        precondition(
            1...Limits.pointsPerChunkCount ~= points.count,
            "a chunk holds 1 to \(Limits.pointsPerChunkCount) points"
        )
        var blocks = stride(from: 0, to: points.count, by: Limits.pointsPerBlockCount).map {
            BlockSummary(points, $0..<min($0 + Limits.pointsPerBlockCount, points.count))
        }
        var offsets = (steps: [Int](), times: [Int](), values: [Int]())
        let bytes = SegmentBytes(
            steps: BlockColumns.encode(points.steps, offsets: &offsets.steps),
            times: BlockColumns.encode(points.times, offsets: &offsets.times),
            values: BlockColumns.encode(points.values, offsets: &offsets.values)
        )
        for index in blocks.indices {
            blocks[index].stepOffset = offsets.steps[index]
            blocks[index].stepLength = offsets.steps[index + 1] - offsets.steps[index]
            blocks[index].timeOffset = offsets.times[index]
            blocks[index].timeLength = offsets.times[index + 1] - offsets.times[index]
            blocks[index].valueOffset = offsets.values[index]
            blocks[index].valueLength = offsets.values[index + 1] - offsets.values[index]
        }
        return Chunk(
            summary: ChunkSummary(blocks, isTimeOrdered: isOrdered(points.times)),
            blocks: blocks,
            blockBytes: BlockSummaryCodec.encode(blocks),
            bytes: bytes
        )
    }

    /// The summaries in a chunk's `block_bytes`.
    package static func decodeBlocks(
        _ bytes: [UInt8]
    ) throws(SegmentError) -> [BlockSummary] {
        try BlockSummaryCodec.decode(bytes)
    }

    /// All points of a chunk.
    package static func decode(
        _ bytes: SegmentBytes,
        count: Int
    ) throws(SegmentError) -> PointColumns {
        guard 1...Limits.pointsPerChunkCount ~= count else { throw .tooManyPoints(count) }
        return try SegmentCodec.decode(bytes, count: count)
    }

    /// Two columns of a chunk: its steps or its times, and its values.
    package static func decode(
        keys: [UInt8],
        values: [UInt8],
        count: Int
    ) throws(SegmentError) -> SeriesView.BlockPoints {
        guard 1...Limits.pointsPerChunkCount ~= count else { throw .tooManyPoints(count) }
        return SeriesView.BlockPoints(
            keys: try SegmentCodec.integers(keys, count, "steps or times"),
            values: try SegmentCodec.values(values, count)
        )
    }

    /// Steps of one block or several neighbours, from their part of the column: the bytes from the
    /// first one's offset to the last one's end. `count` is the sum of their points.
    package static func decodeSteps(
        _ part: [UInt8],
        count: Int
    ) throws(SegmentError) -> [Int64] {
        try decodeIntegers(part, count: count, column: "steps")
    }

    /// Times of one block or several neighbours, like `decodeSteps`.
    package static func decodeTimes(
        _ part: [UInt8],
        count: Int
    ) throws(SegmentError) -> [Int64] {
        try decodeIntegers(part, count: count, column: "times")
    }

    /// Values of one block or several neighbours, like `decodeSteps`.
    package static func decodeValues(
        _ part: [UInt8],
        count: Int
    ) throws(SegmentError) -> [Double] {
        guard 1...Limits.pointsPerChunkCount ~= count else { throw .tooManyPoints(count) }
        guard let column = BlockColumns.values(part, from: 0, count: count) else {
            throw .malformed(column: "values")
        }
        return column
    }

    private static func decodeIntegers(
        _ part: [UInt8],
        count: Int,
        column: String
    ) throws(SegmentError) -> [Int64] {
        guard 1...Limits.pointsPerChunkCount ~= count else { throw .tooManyPoints(count) }
        guard let numbers = BlockColumns.integers(part, from: 0, count: count) else {
            throw .malformed(column: column)
        }
        return numbers
    }

    private static func isOrdered(_ times: [Int64]) -> Bool {
        let span = times.span
        var isOrdered = true
        for index in 1..<max(span.count, 1) where span[index &- 1] > span[index] {
            isOrdered = false
        }
        return isOrdered
    }
}

extension ChunkSummary {
    fileprivate init(_ blocks: [BlockSummary], isTimeOrdered: Bool) {
        precondition(!blocks.isEmpty, "a chunk has a block")
        self.init(
            pointCount: blocks.reduce(0) { $0 + $1.pointCount },
            notFiniteCount: blocks.reduce(0) { $0 + $1.notFiniteCount },
            firstStep: blocks[0].firstStep,
            lastStep: blocks[blocks.count - 1].lastStep,
            firstTime: blocks.reduce(.max) { min($0, $1.firstTime) },
            lastTime: blocks.reduce(.min) { max($0, $1.lastTime) },
            isTimeOrdered: isTimeOrdered,
            minimum: blocks.compactMap(\.minimum).min(),
            maximum: blocks.compactMap(\.maximum).max(),
            last: blocks[blocks.count - 1].last
        )
    }
}
