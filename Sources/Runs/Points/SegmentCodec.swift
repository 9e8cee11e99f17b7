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

/// Packs points into bytes and back, bit for bit, NaN payloads included. Each column is written in
/// whichever of its codecs is shortest.
///
/// | code | column | bytes |
/// |---|---|---|
/// | 0 | any | 8 bytes each, little-endian |
/// | 1 | steps, times | differences of differences, zigzag, base-128 |
/// | 2 | steps, times | as 1, equal ones once: (difference, number of repeats) |
/// | 3 | values | exclusive-or with the value before, without its zero bytes at both ends |
package enum SegmentCodec {
    package static func encode(_ points: PointColumns) -> SegmentBytes {
        SegmentBytes(
            steps: IntegerCodec.encode(points.steps),
            times: IntegerCodec.encode(points.times),
            values: ValueCodec.encode(points.values)
        )
    }

    /// Reads `count` points; bytes that are not exactly that many are an error.
    package static func decode(
        _ bytes: SegmentBytes,
        count: Int
    ) throws(SegmentError) -> PointColumns {
        guard 1...Limits.pointsPerSegmentCount ~= count else { throw .tooManyPoints(count) }
        return PointColumns(
            steps: try IntegerCodec.decode(bytes.steps, count: count, column: "steps"),
            times: try IntegerCodec.decode(bytes.times, count: count, column: "times"),
            values: try ValueCodec.decode(bytes.values, count: count)
        )
    }
}

enum IntegerCodec {
    static func encode(_ column: [Int64]) -> [UInt8] {
        let differences = secondDifferences(column)
        var plain: [UInt8] = [1]
        plain.reserveCapacity(column.count * 2)
        for difference in differences { plain.appendVarint(difference) }
        var repeated: [UInt8] = [2]
        var start = 0
        while start < differences.count {
            var end = start + 1
            while end < differences.count, differences[end] == differences[start] { end += 1 }
            repeated.appendVarint(differences[start])
            repeated.appendVarint(UInt64(end - start))
            start = end
        }
        let shortest = repeated.count < plain.count ? repeated : plain
        if shortest.count <= 8 * column.count { return shortest }
        return [0] + column.flatMap { UInt64(bitPattern: $0).littleEndianBytes }
    }

    static func decode(
        _ bytes: [UInt8],
        count: Int,
        column: String
    ) throws(SegmentError) -> [Int64] {
        guard let code = bytes.first else { throw .malformed(column: column) }
        var reader = ByteReader(bytes, from: 1)
        let decoded: [Int64]?
        switch code {
        case 0: decoded = reader.words(count).map { $0.map(Int64.init(bitPattern:)) }
        case 1: decoded = plain(&reader, count)
        case 2: decoded = repeated(&reader, count)
        default: throw .unknownCodec(column: column, code: code)
        }
        guard let decoded, reader.isAtEnd else { throw .malformed(column: column) }
        return decoded
    }

    private static func plain(_ reader: inout ByteReader, _ count: Int) -> [Int64]? {
        var sums = Sums(capacity: count)
        for _ in 0..<count {
            guard let difference = reader.varint() else { return nil }
            sums.add(difference)
        }
        return sums.column
    }

    private static func repeated(_ reader: inout ByteReader, _ count: Int) -> [Int64]? {
        var sums = Sums(capacity: count)
        while sums.column.count < count {
            guard let difference = reader.varint(), let repeats = reader.varint(),
                repeats > 0, repeats <= UInt64(count - sums.column.count)
            else { return nil }
            for _ in 0..<repeats { sums.add(difference) }
        }
        return sums.column
    }

    /// Arithmetic wraps around, so that any column comes back as it was.
    private static func secondDifferences(_ column: [Int64]) -> [UInt64] {
        var previous: Int64 = 0
        var slope: Int64 = 0
        return column.map { value in
            let difference = value &- previous
            let second = difference &- slope
            (previous, slope) = (value, difference)
            return UInt64(bitPattern: second << 1 ^ second >> 63)
        }
    }

    private struct Sums {
        private(set) var column: [Int64] = []
        private var value: Int64 = 0
        private var slope: Int64 = 0

        init(capacity: Int) { column.reserveCapacity(capacity) }

        mutating func add(_ zigzag: UInt64) {
            slope &+= Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
            value &+= slope
            column.append(value)
        }
    }
}

enum ValueCodec {
    /// Each value is one byte, number of leading zero bytes × 16 + number of bytes that follow, and
    /// those bytes, most significant first.
    static func encode(_ column: [Double]) -> [UInt8] {
        var packed: [UInt8] = [3]
        packed.reserveCapacity(1 + column.count * 8)
        var previous: UInt64 = 0
        for value in column {
            let difference = value.bitPattern ^ previous
            previous = value.bitPattern
            let leading = difference.leadingZeroBitCount / 8
            let trailing = difference == 0 ? 0 : difference.trailingZeroBitCount / 8
            let length = 8 - leading - trailing
            packed.append(UInt8(leading << 4 | length))
            for index in leading..<leading + length {
                packed.append(UInt8(truncatingIfNeeded: difference >> (56 - 8 * UInt64(index))))
            }
        }
        if packed.count <= 8 * column.count { return packed }
        return [0] + column.flatMap { $0.bitPattern.littleEndianBytes }
    }

    static func decode(_ bytes: [UInt8], count: Int) throws(SegmentError) -> [Double] {
        guard let code = bytes.first else { throw .malformed(column: "values") }
        var reader = ByteReader(bytes, from: 1)
        let decoded: [UInt64]?
        switch code {
        case 0: decoded = reader.words(count)
        case 3: decoded = differences(&reader, count)
        default: throw .unknownCodec(column: "values", code: code)
        }
        guard let decoded, reader.isAtEnd else { throw .malformed(column: "values") }
        return decoded.map(Double.init(bitPattern:))
    }

    private static func differences(_ reader: inout ByteReader, _ count: Int) -> [UInt64]? {
        var column: [UInt64] = []
        column.reserveCapacity(count)
        var previous: UInt64 = 0
        for _ in 0..<count {
            guard let header = reader.byte() else { return nil }
            let leading = Int(header >> 4)
            let length = Int(header & 15)
            guard leading + length <= 8 else { return nil }
            for index in leading..<leading + length {
                guard let byte = reader.byte() else { return nil }
                previous ^= UInt64(byte) << (56 - 8 * UInt64(index))
            }
            column.append(previous)
        }
        return column
    }
}
