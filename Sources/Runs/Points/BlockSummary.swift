/// What a block of up to 256 points within a chunk says of itself, and where its bytes are.
package struct BlockSummary: Sendable, Hashable {
    package var pointCount: Int
    package var notFiniteCount: Int
    /// Of the first and the last point.
    package var firstStep: Int64
    package var lastStep: Int64
    /// Least and greatest time, microseconds since 1970.
    package var firstTime: Int64
    package var lastTime: Int64
    /// Least and greatest finite value; nil when none is finite.
    package var minimum: Double?
    package var maximum: Double?
    /// Value of the last point, which may be NaN.
    package var last: Double
    /// Where the block begins inside its column, counted in bytes from 0, and how long it is.
    package var stepOffset = 0
    package var stepLength = 0
    package var timeOffset = 0
    package var timeLength = 0
    package var valueOffset = 0
    package var valueLength = 0

    /// Summarises points `range`, which are in series order.
    init(_ points: borrowing PointColumns, _ range: Range<Int>) {
        pointCount = range.count
        firstStep = points.steps[range.lowerBound]
        lastStep = points.steps[range.upperBound - 1]
        last = points.values[range.upperBound - 1]
        (firstTime, lastTime) = (.max, .min)
        let times = points.times.span
        let values = points.values.span
        var finiteCount = 0
        var least = Double.infinity
        var greatest = -Double.infinity
        for index in range {
            firstTime = min(firstTime, times[index])
            lastTime = max(lastTime, times[index])
            let value = values[index]
            guard value.isFinite else { continue }
            finiteCount &+= 1
            if value < least { least = value }
            if value > greatest { greatest = value }
        }
        notFiniteCount = range.count - finiteCount
        (minimum, maximum) = finiteCount > 0 ? (least, greatest) : (nil, nil)
    }

    /// Reads the summary of the block that begins where `end` stands, and moves `end` on.
    fileprivate init?(_ bytes: RawSpan, at position: inout Int, after end: inout BlockEnd) {
        guard let points = bytes.varint(at: &position),
            1...UInt64(Limits.pointsPerBlockCount) ~= points,
            let notFinite = bytes.varint(at: &position), notFinite <= points,
            let stepGap = bytes.zigzag(at: &position), let stepWidth = bytes.zigzag(at: &position),
            let timeGap = bytes.zigzag(at: &position), let timeWidth = bytes.zigzag(at: &position)
        else { return nil }
        pointCount = Int(points)
        notFiniteCount = Int(notFinite)
        firstStep = end.step &+ stepGap
        lastStep = firstStep &+ stepWidth
        firstTime = end.time &+ timeGap
        lastTime = firstTime &+ timeWidth
        if notFinite < points {
            guard let low = bytes.word(at: &position), let high = bytes.word(at: &position)
            else { return nil }
            (minimum, maximum) = (Double(bitPattern: low), Double(bitPattern: high))
        }
        guard let bits = bytes.word(at: &position) else { return nil }
        last = Double(bitPattern: bits)
        guard let steps = Self.length(bytes, at: &position),
            let times = Self.length(bytes, at: &position),
            let values = Self.length(bytes, at: &position)
        else { return nil }
        (stepOffset, timeOffset, valueOffset) = (end.stepOffset, end.timeOffset, end.valueOffset)
        (stepLength, timeLength, valueLength) = (steps, times, values)
        end = BlockEnd(self)
    }

    private static func length(_ bytes: RawSpan, at position: inout Int) -> Int? {
        guard let length = bytes.varint(at: &position), 1...4_096 ~= length else { return nil }
        return Int(length)
    }

    fileprivate func append(to bytes: inout [UInt8], after end: BlockEnd) {
        bytes.appendVarint(UInt64(pointCount))
        bytes.appendVarint(UInt64(notFiniteCount))
        bytes.appendZigzag(firstStep &- end.step)
        bytes.appendZigzag(lastStep &- firstStep)
        bytes.appendZigzag(firstTime &- end.time)
        bytes.appendZigzag(lastTime &- firstTime)
        for value in [minimum, maximum, last] {
            if let value { bytes.appendWord(value.bitPattern) }
        }
        for length in [stepLength, timeLength, valueLength] {
            bytes.appendVarint(UInt64(length))
        }
    }
}

/// Where a block ends, from which the next one is counted.
private struct BlockEnd {
    var step: Int64 = 0
    var time: Int64 = 0
    // The first byte of a column names its codec.
    var stepOffset = 1
    var timeOffset = 1
    var valueOffset = 1

    init() {}

    init(_ block: borrowing BlockSummary) {
        step = block.lastStep
        time = block.lastTime
        stepOffset = block.stepOffset + block.stepLength
        timeOffset = block.timeOffset + block.timeLength
        valueOffset = block.valueOffset + block.valueLength
    }
}

/// The summaries of a chunk's blocks as bytes: counts, then steps and times as differences from the
/// block before (varints), then values of 8 bytes, then lengths.
enum BlockSummaryCodec {
    private static let code: UInt8 = 0

    static func encode(_ blocks: [BlockSummary]) -> [UInt8] {
        var bytes = [code]
        bytes.reserveCapacity(1 + 64 * blocks.count)
        var end = BlockEnd()
        for block in blocks {
            block.append(to: &bytes, after: end)
            end = BlockEnd(block)
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) throws(SegmentError) -> [BlockSummary] {
        let raw = bytes.span.bytes
        var position = 0
        guard let code = raw.byte(at: &position) else { throw .malformed(column: "blocks") }
        guard code == Self.code else { throw .unknownCodec(column: "blocks", code: code) }
        var blocks: [BlockSummary] = []
        blocks.reserveCapacity(Limits.pointsPerChunkCount / Limits.pointsPerBlockCount)
        var end = BlockEnd()
        var isLast = false
        while position < raw.byteCount {
            // Only the last block may hold fewer points.
            guard !isLast, blocks.count < Limits.pointsPerChunkCount / Limits.pointsPerBlockCount,
                let block = BlockSummary(raw, at: &position, after: &end)
            else { throw .malformed(column: "blocks") }
            isLast = block.pointCount < Limits.pointsPerBlockCount
            blocks.append(block)
        }
        guard !blocks.isEmpty else { throw .malformed(column: "blocks") }
        return blocks
    }
}
