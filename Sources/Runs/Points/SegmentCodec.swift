/// The three columns of a segment as bytes. The first byte of a column names its codec, so that
/// rows written by an older program stay readable; the number of points is stored beside the bytes.
package struct SegmentBytes: Sendable, Hashable {
    package var steps: [UInt8]
    package var times: [UInt8]
    package var values: [UInt8]

    package init(steps: [UInt8], times: [UInt8], values: [UInt8]) {
        self.steps = steps
        self.times = times
        self.values = values
    }
}

/// Bytes that are no segment: damaged, cut, or written by a newer program.
package enum SegmentError: Error, Sendable, Hashable {
    case unknownCodec(column: String, code: UInt8)
    case malformed(column: String)
    case tooManyPoints(Int)

    package var message: String {
        switch self {
        case .unknownCodec(let column, let code):
            "the \(column) of a segment are in codec \(code), which this program does not know"
        case .malformed(let column):
            "the \(column) of a segment are damaged"
        case .tooManyPoints(let count):
            "a segment holds 1 to \(Limits.pointsPerSegmentCount) points; this one says \(count)"
        }
    }
}

/// Packs points into bytes and back, bit for bit, NaN payloads included.
///
/// | code | column | bytes |
/// |---|---|---|
/// | 0 | any | 8 bytes each, little-endian |
/// | 1 | steps, times | differences of differences, zigzag, base-128 |
/// | 2 | steps, times | as 1, equal ones once: (difference, number of repeats) |
/// | 3 | values | exclusive-or with the value before, without its zero bytes at both ends |
/// | 4 | steps, times | blocks of 256: `IntegerBlock` |
/// | 5 | values | blocks of 256: `ValueBlock` |
///
/// Codes 4 and 5 are written; the others are read where an older program wrote them.
package enum SegmentCodec {
    package static func encode(_ points: PointColumns) -> SegmentBytes {
        var offsets: [Int] = []
        offsets.reserveCapacity(6 + 3 * points.count / Limits.pointsPerBlockCount)
        return SegmentBytes(
            steps: BlockColumns.encode(points.steps, offsets: &offsets),
            times: BlockColumns.encode(points.times, offsets: &offsets),
            values: BlockColumns.encode(points.values, offsets: &offsets)
        )
    }

    /// Reads `count` points; bytes that are not exactly that many are an error.
    package static func decode(
        _ bytes: SegmentBytes,
        count: Int
    ) throws(SegmentError) -> PointColumns {
        guard 1...Limits.pointsPerSegmentCount ~= count else { throw .tooManyPoints(count) }
        return PointColumns(
            steps: try integers(bytes.steps, count, "steps"),
            times: try integers(bytes.times, count, "times"),
            values: try values(bytes.values, count)
        )
    }

    static func integers(
        _ bytes: [UInt8],
        _ count: Int,
        _ column: String
    ) throws(SegmentError) -> [Int64] {
        guard bytes.first == BlockColumns.integerCode else {
            return try EarlierIntegerCodec.decode(bytes, count: count, column: column)
        }
        guard let numbers = BlockColumns.integers(bytes, from: 1, count: count) else {
            throw .malformed(column: column)
        }
        return numbers
    }

    static func values(
        _ bytes: [UInt8],
        _ count: Int
    ) throws(SegmentError) -> [Double] {
        guard bytes.first == BlockColumns.valueCode else {
            return try EarlierValueCodec.decode(bytes, count: count)
        }
        guard let values = BlockColumns.values(bytes, from: 1, count: count) else {
            throw .malformed(column: "values")
        }
        return values
    }
}
