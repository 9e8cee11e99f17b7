/// Steps or times of one block, at most 256: the first, then the differences, above the least of
/// them and in the largest unit that divides all. Equal differences take no bytes of their own, and
/// times with a jitter of milliseconds about five bits each. Arithmetic wraps around, so that any
/// column comes back as it was.
///
/// | bytes | |
/// |---|---|
/// | varint | the first number, zigzag |
/// | varint | the least difference, zigzag |
/// | 1 | unit: 0, 1, 2 for 1, 1,000, 1,000,000 |
/// | the rest | `PackedNumbers`: differences less the least, in that unit |
///
/// A block of one has the first part only.
enum IntegerBlock {
    static func append(_ column: Span<Int64>, to bytes: inout [UInt8]) {
        let count = column.count - 1
        bytes.appendZigzag(column[0])
        guard count > 0 else { return }
        var scratch = [UInt64](repeating: 0, count: count)
        var numbers = scratch.mutableSpan
        var least = Int64.max
        for index in 0..<count {
            let difference = column[index &+ 1] &- column[index]
            numbers[index] = UInt64(bitPattern: difference)
            least = min(least, difference)
        }
        bytes.appendZigzag(least)
        var union: UInt64 = 0
        for index in 0..<count {
            numbers[index] &-= UInt64(bitPattern: least)
            union |= numbers[index]
        }
        let unit = union < 1_000 ? 0 : divideByUnit(&numbers, count)
        bytes.append(UInt8(unit))
        PackedNumbers(numbers.span, count: count).append(
            &numbers,
            count: count,
            to: &bytes,
            values: nil
        )
    }

    /// Returns the number of the unit that was divided by.
    private static func divideByUnit(
        _ numbers: inout MutableSpan<UInt64>,
        _ count: Int
    ) -> Int {
        var unit = 0
        while unit < 2 {
            for index in 0..<count where numbers[index] % 1_000 != 0 { return unit }
            for index in 0..<count { numbers[index] /= 1_000 }
            unit += 1
        }
        return unit
    }

    /// Reads `count` numbers into `column` from `start` on; false when the bytes are malformed.
    static func read(
        _ bytes: RawSpan,
        at position: inout Int,
        count: Int,
        into column: inout MutableSpan<Int64>,
        from start: Int
    ) -> Bool {
        guard var value = bytes.zigzag(at: &position) else { return false }
        column[start] = value
        guard count > 1 else { return true }
        var scratch = [UInt64](repeating: 0, count: count - 1)
        var numbers = scratch.mutableSpan
        guard let least = bytes.zigzag(at: &position), let unit = bytes.byte(at: &position),
            unit <= 2,
            let exceptions = PackedNumbers.read(
                bytes,
                at: &position,
                count: count - 1,
                into: &numbers
            )
        else { return false }
        for index in 0..<exceptions.count {
            numbers[exceptions.place(index, bytes)] = exceptions.word(index, bytes)
        }
        let factor: UInt64 = unit == 0 ? 1 : unit == 1 ? 1_000 : 1_000_000
        for index in 1..<count {
            value &+= least &+ Int64(bitPattern: numbers[index &- 1] &* factor)
            column[start &+ index] = value
        }
        return true
    }
}
