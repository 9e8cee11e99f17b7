/// Whole columns as blocks of `Limits.pointsPerBlockCount`, each readable alone. The first byte
/// names the codec.
enum BlockColumns {
    static let integerCode: UInt8 = 4
    static let valueCode: UInt8 = 5

    /// `offsets` gets where each block begins, and where the last one ends.
    static func encode(_ column: [Int64], offsets: inout [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        // Room for what columns mostly take, so that the bytes seldom move.
        bytes.reserveCapacity(column.count + 32)
        bytes.append(integerCode)
        let span = column.span
        for start in stride(from: 0, to: column.count, by: Limits.pointsPerBlockCount) {
            offsets.append(bytes.count)
            let end = min(start + Limits.pointsPerBlockCount, column.count)
            IntegerBlock.append(span.extracting(start..<end), to: &bytes)
        }
        offsets.append(bytes.count)
        return bytes
    }

    /// The same for values.
    static func encode(_ column: [Double], offsets: inout [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(7 * column.count + 32)
        bytes.append(valueCode)
        let span = column.span
        for start in stride(from: 0, to: column.count, by: Limits.pointsPerBlockCount) {
            offsets.append(bytes.count)
            let end = min(start + Limits.pointsPerBlockCount, column.count)
            ValueBlock.append(span.extracting(start..<end), to: &bytes)
        }
        offsets.append(bytes.count)
        return bytes
    }

    /// Reads `count` numbers; nil unless the bytes from `position` on are exactly that many.
    static func integers(_ bytes: [UInt8], from position: Int, count: Int) -> [Int64]? {
        guard mayHold(bytes, from: position, count: count) else { return nil }
        var column = [Int64](repeating: 0, count: count)
        var position = position
        let raw = bytes.span.bytes
        var span = column.mutableSpan
        for start in stride(from: 0, to: count, by: Limits.pointsPerBlockCount) {
            let length = min(Limits.pointsPerBlockCount, count - start)
            guard
                IntegerBlock.read(raw, at: &position, count: length, into: &span, from: start)
            else { return nil }
        }
        return position == raw.byteCount ? column : nil
    }

    /// The same for values.
    static func values(_ bytes: [UInt8], from position: Int, count: Int) -> [Double]? {
        guard mayHold(bytes, from: position, count: count) else { return nil }
        var column = [Double](repeating: 0, count: count)
        var position = position
        let raw = bytes.span.bytes
        var span = column.mutableSpan
        for start in stride(from: 0, to: count, by: Limits.pointsPerBlockCount) {
            let length = min(Limits.pointsPerBlockCount, count - start)
            guard ValueBlock.read(raw, at: &position, count: length, into: &span, from: start)
            else { return nil }
        }
        return position == raw.byteCount ? column : nil
    }

    /// Every block takes a byte at least, so that damaged counts allocate little.
    private static func mayHold(_ bytes: [UInt8], from position: Int, count: Int) -> Bool {
        count > 0 && (count - 1) / Limits.pointsPerBlockCount < bytes.count - position
    }
}
