/// Reads steps and times that an older program wrote: codes 0, 1 and 2.
enum EarlierIntegerCodec {
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

    /// Arithmetic wraps around.
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

/// Reads values that an older program wrote: codes 0 and 3.
enum EarlierValueCodec {
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

    /// Each value is one byte, number of leading zero bytes × 16 + number of bytes that follow, and
    /// those bytes, most significant first.
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
