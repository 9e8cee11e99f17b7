/// Writes numbers as decimal digits into bytes that have room for them; each call returns the place
/// behind what it wrote.
enum DecimalDigits {
    static func write(_ value: Int64, to bytes: inout MutableSpan<UInt8>, at start: Int) -> Int {
        var place = start
        if value < 0 {
            bytes[place] = UInt8(ascii: "-")
            place += 1
        }
        return write(value.magnitude, to: &bytes, at: place)
    }

    static func write(_ value: UInt64, to bytes: inout MutableSpan<UInt8>, at start: Int) -> Int {
        let end = start &+ digitCount(value)
        fill(value, to: &bytes, before: end)
        return end
    }

    /// Any value, NaN and infinities as strings.
    static func write(
        wire value: Double,
        keepsPoint: Bool,
        to bytes: inout MutableSpan<UInt8>,
        at start: Int
    ) -> Int {
        if value.isFinite {
            return write(value, keepsPoint: keepsPoint, to: &bytes, at: start)
        }
        let text: StaticString =
            value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\""
        return put(text, to: &bytes, at: start)
    }

    /// `value` is finite. Magnitudes from 10^-5 to 10^16 are written plainly, others with an
    /// exponent.
    static func write(
        _ value: Double,
        keepsPoint: Bool,
        to bytes: inout MutableSpan<UInt8>,
        at start: Int
    ) -> Int {
        var place = start
        if value.sign == .minus {
            bytes[place] = UInt8(ascii: "-")
            place += 1
        }
        if let whole = UInt64(exactly: value.magnitude), whole < 1 << 53 {
            place = write(whole, to: &bytes, at: place)
            return keepsPoint ? put(".0", to: &bytes, at: place) : place
        }
        let decimal = ShortestDecimal(value.magnitude)
        let length = digitCount(decimal.digits)
        // The point stands behind so many digits.
        let point = length + decimal.exponent
        if point > 16 || point < -4 {
            return scientific(decimal, length, to: &bytes, at: place)
        }
        if point <= 0 {
            place = put("0.", to: &bytes, at: place)
            for _ in 0..<(-point) { place = put("0", to: &bytes, at: place) }
            fill(decimal.digits, to: &bytes, before: place + length)
            return trimmed(bytes, place + length)
        }
        if decimal.exponent >= 0 {
            place = write(decimal.digits, to: &bytes, at: place)
            for _ in 0..<decimal.exponent { place = put("0", to: &bytes, at: place) }
            return keepsPoint ? put(".0", to: &bytes, at: place) : place
        }
        fill(decimal.digits, to: &bytes, before: place + length + 1)
        for index in 0..<point { bytes[place + index] = bytes[place + index + 1] }
        bytes[place + point] = UInt8(ascii: ".")
        return trimmed(bytes, place + length + 1)
    }

    private static func scientific(
        _ decimal: ShortestDecimal,
        _ length: Int,
        to bytes: inout MutableSpan<UInt8>,
        at start: Int
    ) -> Int {
        var end = start + 1
        if length > 1 {
            fill(decimal.digits, to: &bytes, before: start + 1 + length)
            bytes[start] = bytes[start + 1]
            bytes[start + 1] = UInt8(ascii: ".")
            end = trimmed(bytes, start + 1 + length)
            if bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
        } else {
            fill(decimal.digits, to: &bytes, before: start + 1)
        }
        let exponent = decimal.exponent + length - 1
        end = put(exponent < 0 ? "e-" : "e+", to: &bytes, at: end)
        return write(UInt64(exponent.magnitude), to: &bytes, at: end)
    }

    /// The place behind the last digit that is not 0; the digits may end in one.
    private static func trimmed(_ bytes: borrowing MutableSpan<UInt8>, _ end: Int) -> Int {
        var end = end
        while bytes[end - 1] == UInt8(ascii: "0") { end -= 1 }
        return end
    }

    private static func put(
        _ text: StaticString,
        to bytes: inout MutableSpan<UInt8>,
        at start: Int
    ) -> Int {
        var place = start
        for byte in text.description.utf8 {
            bytes[place] = byte
            place += 1
        }
        return place
    }

    private static func fill(
        _ value: UInt64,
        to bytes: inout MutableSpan<UInt8>,
        before end: Int
    ) {
        var rest = value
        var place = end
        while rest >= 100 {
            let quotient = rest / 100
            let pair = UInt32(truncatingIfNeeded: rest &- quotient &* 100)
            let tens = (pair &* 205) >> 11
            place &-= 2
            bytes[place] = UInt8(truncatingIfNeeded: tens &+ 48)
            bytes[place &+ 1] = UInt8(truncatingIfNeeded: pair &- tens &* 10 &+ 48)
            rest = quotient
        }
        let pair = UInt32(truncatingIfNeeded: rest)
        let tens = (pair &* 205) >> 11
        bytes[place &- 1] = UInt8(truncatingIfNeeded: pair &- tens &* 10 &+ 48)
        if tens > 0 { bytes[place &- 2] = UInt8(truncatingIfNeeded: tens &+ 48) }
    }

    private static func digitCount(_ value: UInt64) -> Int {
        // 1233/4096 is log10(2), near enough for 64 bits; one comparison mends it.
        let bits = 64 &- (value | 1).leadingZeroBitCount
        let guess = (bits &* 1_233) >> 12
        return guess &+ (value | 1 < powers[guess] ? 0 : 1)
    }

    private static let powers: InlineArray<20, UInt64> = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
        100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]
}
