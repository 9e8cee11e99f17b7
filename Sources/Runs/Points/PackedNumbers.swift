/// Up to 256 numbers at the width that takes the fewest bytes: the few that need more bits stand
/// apart as exceptions, so that one pause in a run or one NaN does not widen a whole block.
///
/// | bytes | |
/// |---|---|
/// | 1 | width, +128 when exceptions follow |
/// | 1 | number of exceptions, less 1 |
/// | 1 each | place of each exception, ascending |
/// | 8 each | the exceptions |
/// | the rest | every number at the width, 0 in the place of an exception |
struct PackedNumbers {
    private(set) var width = 0
    private(set) var exceptionCount = 0
    /// Bytes the numbers will take, header included.
    private(set) var byteCount = 1

    static let bytesPerException = 9

    /// Chooses the width for the first `count` numbers.
    init(_ numbers: Span<UInt64>, count: Int) {
        var union: UInt64 = 0
        for index in 0..<count { union |= numbers[index] }
        guard union != 0 else { return }
        var lengths = InlineArray<65, Int>(repeating: 0)
        for index in 0..<count { lengths[64 &- numbers[index].leadingZeroBitCount] &+= 1 }
        let greatest = 64 - union.leadingZeroBitCount
        width = greatest > BitPacking.widestShort ? 64 : greatest
        byteCount = 1 + BitPacking.byteCount(count, width: width)
        var longer = 0
        for candidate in stride(from: greatest - 1, through: 0, by: -1) {
            longer += lengths[candidate + 1]
            if longer * Self.bytesPerException >= byteCount { break }
            guard candidate <= BitPacking.widestShort else { continue }
            let size =
                2 + longer * Self.bytesPerException
                + BitPacking.byteCount(count, width: candidate)
            guard size < byteCount else { continue }
            (width, exceptionCount, byteCount) = (candidate, longer, size)
        }
    }

    /// How much higher the least number had better be, when a few far below the others (a zero
    /// among losses) widen the block: those then wrap around and become exceptions. nil when that
    /// would not save a tenth of `byteCount`.
    static func outlierRise(
        _ numbers: Span<UInt64>,
        count: Int,
        below byteCount: Int
    ) -> UInt64? {
        let middle = middle(numbers, count)
        var lengths = InlineArray<65, Int>(repeating: 0)
        for index in 0..<count {
            let number = numbers[index]
            let distance = number > middle ? number &- middle : middle &- number
            lengths[64 &- distance.leadingZeroBitCount] &+= 1
        }
        var longer = 0
        var best = (size: byteCount - byteCount / 10, length: 64)
        for length in stride(from: 63, through: 0, by: -1) {
            longer += lengths[length + 1]
            guard length < BitPacking.widestShort else { continue }
            // Numbers up to a distance on both sides take one bit more.
            let size =
                2 + longer * bytesPerException + BitPacking.byteCount(count, width: length + 1)
            if size < best.size { best = (size, length) }
        }
        guard best.length < 64 else { return nil }
        var least = UInt64.max
        for index in 0..<count {
            let number = numbers[index]
            let distance = number > middle ? number &- middle : middle &- number
            if 64 &- distance.leadingZeroBitCount <= best.length { least = min(least, number) }
        }
        return least > 0 ? least : nil
    }

    /// About the median: of nine numbers.
    private static func middle(
        _ numbers: Span<UInt64>,
        _ count: Int
    ) -> UInt64 {
        var sample = InlineArray<9, UInt64>(repeating: 0)
        for place in 0..<9 {
            let number = numbers[place * (count - 1) / 8]
            var hole = place
            while hole > 0, sample[hole - 1] > number {
                sample[hole] = sample[hole - 1]
                hole -= 1
            }
            sample[hole] = number
        }
        return sample[4]
    }

    /// Appends the numbers this was made for. An exception is written as the bits of its value
    /// where values are given, else as the number itself.
    func append(
        _ numbers: inout MutableSpan<UInt64>,
        count: Int,
        to bytes: inout [UInt8],
        values: Span<Double>?
    ) {
        bytes.append(UInt8(width) | (exceptionCount > 0 ? 128 : 0))
        if exceptionCount > 0 {
            bytes.append(UInt8(exceptionCount - 1))
            let limit = UInt64(1) << UInt64(width)
            var places: [Int] = []
            var words: [UInt64] = []
            for place in 0..<count where numbers[place] >= limit {
                places.append(place)
                words.append(values?[place].bitPattern ?? numbers[place])
                numbers[place] = 0
            }
            for place in places { bytes.append(UInt8(place)) }
            for word in words { bytes.appendWord(word) }
        }
        BitPacking.pack(numbers.span, count: count, width: width, to: &bytes)
    }

    /// Reads `count` numbers; nil when the bytes are malformed. Returns where the exceptions lie:
    /// their places from `start` on, then their words.
    static func read(
        _ bytes: RawSpan,
        at position: inout Int,
        count: Int,
        into numbers: inout MutableSpan<UInt64>
    ) -> Exceptions? {
        guard let header = bytes.byte(at: &position) else { return nil }
        var exceptions = Exceptions(start: position, count: 0)
        if header & 128 != 0 {
            guard let last = bytes.byte(at: &position) else { return nil }
            exceptions = Exceptions(start: position, count: Int(last) + 1)
            guard exceptions.count <= count,
                bytes.byteCount - position >= exceptions.count * bytesPerException
            else { return nil }
            for index in 0..<exceptions.count where Int(bytes[position + index]) >= count {
                return nil
            }
            position += exceptions.count * bytesPerException
        }
        let width = Int(header & 127)
        guard BitPacking.unpack(bytes, at: position, count: count, width: width, into: &numbers)
        else { return nil }
        position += BitPacking.byteCount(count, width: width)
        return exceptions
    }

    /// Where the exceptions of a block stand in its bytes.
    struct Exceptions {
        let start: Int
        let count: Int

        func place(_ index: Int, _ bytes: RawSpan) -> Int { Int(bytes[start + index]) }

        func word(_ index: Int, _ bytes: RawSpan) -> UInt64 {
            bytes.word(at: start + count + 8 * index)
        }
    }
}
