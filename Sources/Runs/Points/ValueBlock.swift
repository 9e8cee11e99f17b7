/// Values of one block, at most 256, bit for bit, in whichever of two forms is shorter. Values that
/// are not finite stand apart as exceptions, so that a few of them cost 9 bytes each.
///
/// | bytes | |
/// |---|---|
/// | 1 | form: 0 bits, 1 decimal |
/// | 1 | bits: low bits that are zero in all (29 for float32); decimal: digits after the point |
/// | 8 | the least number |
/// | the rest | `PackedNumbers` above the least; exceptions are the bits of the value |
///
/// Bits are taken without their zero end and mapped so that their order as numbers is the order of
/// the values: values near each other then share their high bits. Decimal is the value times a
/// power of ten where that is a whole number which divided again gives the value back.
enum ValueBlock {
    static func append(_ column: Span<Double>, to bytes: inout [UInt8]) {
        let count = column.count
        guard count > 1 else { return append(column[0], to: &bytes) }
        var scratch = [UInt64](repeating: 0, count: count)
        var numbers = scratch.mutableSpan
        var bits = BitsForm(column, &numbers)
        var packed = PackedNumbers(numbers.span, count: count)
        if packed.width > 8, count > 8, packed.exceptionCount < count / 2,
            let rise = PackedNumbers.outlierRise(
                numbers.span,
                count: count,
                below: packed.byteCount
            )
        {
            for index in 0..<count where numbers[index] != .max { numbers[index] &-= rise }
            bits = BitsForm(shift: bits.shift, least: bits.least &+ rise)
            packed = PackedNumbers(numbers.span, count: count)
        }
        // What decimal could save at best has to be worth its search.
        if packed.byteCount > count / 4 + 4 {
            var scratch = [UInt64](repeating: 0, count: count)
            var others = scratch.mutableSpan
            if let decimal = DecimalForm(column, &others) {
                let shorter = PackedNumbers(others.span, count: count)
                if shorter.byteCount < packed.byteCount {
                    bytes.append(1)
                    bytes.append(UInt8(decimal.digits))
                    bytes.appendWord(UInt64(bitPattern: decimal.least))
                    shorter.append(&others, count: count, to: &bytes, values: column)
                    return
                }
            }
        }
        // Where nothing is saved every value is an ordinary number, not finite ones too.
        let form = packed.width == 64 ? BitsForm(all: column, &numbers) : bits
        bytes.append(0)
        bytes.append(UInt8(form.shift))
        bytes.appendWord(form.least)
        packed.append(&numbers, count: count, to: &bytes, values: column)
    }

    /// A block of one value: all of its bits.
    private static func append(_ value: Double, to bytes: inout [UInt8]) {
        bytes.append(0)
        bytes.append(0)
        bytes.appendWord(BitsForm(shift: 0, least: 0).number(value))
        bytes.append(0)
    }

    /// Reads `count` values into `column` from `start` on; false when the bytes are malformed.
    static func read(
        _ bytes: RawSpan,
        at position: inout Int,
        count: Int,
        into column: inout MutableSpan<Double>,
        from start: Int
    ) -> Bool {
        var scratch = [UInt64](repeating: 0, count: count)
        var numbers = scratch.mutableSpan
        guard let form = bytes.byte(at: &position), let parameter = bytes.byte(at: &position),
            let least = bytes.word(at: &position),
            let exceptions = PackedNumbers.read(bytes, at: &position, count: count, into: &numbers)
        else { return false }
        switch form {
        case 0:
            guard parameter < 64 else { return false }
            let form = BitsForm(shift: Int(parameter), least: least)
            for index in 0..<count {
                column[start &+ index] = form.value(numbers[index])
            }
        case 1:
            guard Int(parameter) < DecimalForm.powers.count else { return false }
            let power = DecimalForm.powers[Int(parameter)]
            for index in 0..<count {
                column[start &+ index] = Double(Int64(bitPattern: least &+ numbers[index])) / power
            }
        default:
            return false
        }
        for index in 0..<exceptions.count {
            column[start + exceptions.place(index, bytes)] = Double(
                bitPattern: exceptions.word(index, bytes)
            )
        }
        return true
    }
}

/// Values as numbers in their own order, without the zero bits that all of them end in.
struct BitsForm {
    let shift: Int
    let least: UInt64
    private let top: UInt64

    init(shift: Int, least: UInt64) {
        self.shift = shift
        self.least = least
        top = 1 << UInt64(63 - shift)
    }

    /// Fills `numbers` with what each value is above the least; values that are not finite get the
    /// greatest number there is, unless there are no others.
    init(_ column: Span<Double>, _ numbers: inout MutableSpan<UInt64>) {
        var union: UInt64 = 0
        var finiteCount = 0
        for index in column.indices where column[index].isFinite {
            union |= column[index].bitPattern
            finiteCount &+= 1
        }
        let hasOthers = finiteCount < column.count
        if finiteCount == 0 {
            for index in column.indices { union |= column[index].bitPattern }
        }
        // All zero leaves the sign to be kept.
        let shift = min(union.trailingZeroBitCount, 63)
        let empty = BitsForm(shift: shift, least: 0)
        var least = UInt64.max
        for index in column.indices {
            let number = empty.number(column[index])
            numbers[index] = number
            if !hasOthers || finiteCount == 0 || column[index].isFinite {
                least = min(least, number)
            }
        }
        for index in column.indices { numbers[index] &-= least }
        if hasOthers, finiteCount > 0 {
            for index in column.indices where !column[index].isFinite { numbers[index] = .max }
        }
        self.init(shift: shift, least: least)
    }

    /// Fills `numbers` with all bits of every value, in the order of values.
    init(all column: Span<Double>, _ numbers: inout MutableSpan<UInt64>) {
        self.init(shift: 0, least: 0)
        for index in column.indices { numbers[index] = number(column[index]) }
    }

    fileprivate func number(_ value: Double) -> UInt64 {
        let bits = value.bitPattern &>> UInt64(truncatingIfNeeded: shift)
        return value.bitPattern >> 63 == 0 ? bits | top : ~bits & (top | (top &- 1))
    }

    @inline(__always)
    func value(_ offset: UInt64) -> Double {
        let number = least &+ offset
        let bits = number & top != 0 ? number ^ top : ~number
        return Double(bitPattern: bits &<< UInt64(truncatingIfNeeded: shift))
    }
}

/// Values as whole numbers over a power of ten, as far as every finite one is such a number.
struct DecimalForm {
    let digits: Int
    let least: Int64

    static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
    ]
    /// Up to here a product rounds to the whole number meant, and every whole number is exact.
    private static let greatest = 0x1p51

    /// Fills `numbers` with what each value is above the least, as `BitsForm` does; nil when the
    /// values are not decimal.
    init?(_ column: Span<Double>, _ numbers: inout MutableSpan<UInt64>) {
        guard let digits = Self.digits(column) else { return nil }
        let power = Self.powers[digits]
        var least = Int64.max
        for index in column.indices {
            guard let whole = Self.whole(column[index], power) else {
                if column[index].isFinite { return nil }
                continue
            }
            numbers[index] = UInt64(bitPattern: whole)
            least = min(least, whole)
        }
        guard least < .max else { return nil }
        for index in column.indices {
            numbers[index] =
                column[index].isFinite ? numbers[index] &- UInt64(bitPattern: least) : .max
        }
        self.digits = digits
        self.least = least
    }

    /// The least number of digits with which every finite value is whole; nil when there is none.
    private static func digits(_ column: Span<Double>) -> Int? {
        var digits = 0
        for index in column.indices where column[index].isFinite {
            while whole(column[index], powers[digits]) == nil {
                digits += 1
                guard digits < powers.count, abs(column[index] * powers[digits]) < greatest
                else { return nil }
            }
        }
        return digits
    }

    @inline(__always)
    private static func whole(_ value: Double, _ power: Double) -> Int64? {
        let product = value * power
        guard abs(product) < greatest else { return nil }
        // Adding and taking away 1.5 · 2^52 leaves the nearest whole number.
        let nearest = product + 0x1.8p52 - 0x1.8p52
        guard (nearest / power).bitPattern == value.bitPattern else { return nil }
        return Int64(nearest)
    }
}
