/// The double nearest to mantissa × 10^exponent, ties to even.
///
/// Daniel Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience 51
/// (2021), algorithm 1, for the exponents whose powers of five fit 128 bits. In that range no
/// result is subnormal or too large.
enum NearestDouble {
    static let exponents = -55...55

    /// nil where the product of 64 and 128 bits does not decide, or the exponent is out of range;
    /// `mantissa` must be exact.
    static func of(mantissa: UInt64, exponent: Int) -> Double? {
        guard mantissa != 0 else { return 0 }
        guard exponents.contains(exponent) else { return nil }
        let leading = mantissa.leadingZeroBitCount
        let factor = mantissa << UInt64(leading)
        let power = powers[exponent - exponents.lowerBound]
        var product = factor.multipliedFullWidth(by: power.high)
        if product.high & 0x1FF == 0x1FF {
            let second = factor.multipliedFullWidth(by: power.low)
            let (sum, overflow) = product.low.addingReportingOverflow(second.high)
            product = (overflow ? product.high + 1 : product.high, sum)
        }
        if product.low == .max, !(-27...55).contains(exponent) { return nil }
        let upper = Int(product.high >> 63)
        let shift = UInt64(upper + 64 - 52 - 3)
        var bits = product.high >> shift
        var binary = (217_706 * exponent) >> 16 + 63 + upper - leading + 1_023
        let isTie = product.low <= 1 && (-4...23).contains(exponent) && bits & 3 == 1
        // Exactly half way between two doubles: to the even one.
        if isTie, bits << shift == product.high { bits &= ~1 }
        bits = (bits + (bits & 1)) >> 1
        if bits >= 1 << 53 {
            bits = 1 << 52
            binary += 1
        }
        return Double(bitPattern: bits & ~(1 << 52) | UInt64(binary) << 52)
    }

    fileprivate struct Power {
        var high: UInt64
        var low: UInt64
    }

    /// The first 128 bits of 5^q, which for negative q are those of the reciprocal, rounded up
    /// where it still decides.
    private static let powers: [Power] = exponents.map { exponent in
        var five: UInt128 = 1
        for _ in 0..<abs(exponent) { five *= 5 }
        if exponent >= 0 {
            let bits = five << UInt128(five.leadingZeroBitCount)
            return Power(bits)
        }
        let width = 128 - five.leadingZeroBitCount
        let reciprocal = five.dividingFullWidth((1 << UInt128(width - 1), 0)).quotient
        return Power(exponent >= -27 ? reciprocal + 1 : reciprocal)
    }
}

extension NearestDouble.Power {
    fileprivate init(_ bits: UInt128) {
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
    }
}
