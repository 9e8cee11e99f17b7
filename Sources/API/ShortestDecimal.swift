/// The shortest decimal that reads back as the same `Double`, nearest to it among those: the
/// algorithm Schubfach of R. Giulietti ("The Schubfach way to render doubles", 2020).
///
/// A finite, positive value is `digits` times ten to the power `exponent`.
struct ShortestDecimal: Sendable, Hashable {
    var digits: UInt64
    var exponent: Int

    init(_ value: Double) {
        let fraction = value.significandBitPattern
        let biased = Int(value.exponentBitPattern)
        let isNormal = biased != 0
        let c = isNormal ? fraction | 1 << 52 : fraction
        let q = isNormal ? biased - 1_075 : -1_074
        if isNormal, q <= 0, q > -53, c & (1 << UInt64(-q) &- 1) == 0 {
            self.init(digits: c >> UInt64(-q), exponent: 0)
        } else {
            self = Self.search(c, q, isLowerCloser: fraction == 0 && biased > 1)
        }
    }

    init(digits: UInt64, exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    /// The names are the paper's: the value is c·2^q, its neighbours' midpoints bound the interval,
    /// all of them scaled by 4·10^-k.
    private static func search(_ c: UInt64, _ q: Int, isLowerCloser: Bool) -> ShortestDecimal {
        let odd = c & 1
        let k = (q &* 1_262_611 &- (isLowerCloser ? 524_031 : 0)) >> 22
        let h = UInt64(q &+ ((-k &* 1_741_647) >> 19) &+ 1)
        let (high, low) = PowersOfTen.shared.power(-k)
        let value = roundToOdd(high, low, (4 &* c) << h)
        let lower = roundToOdd(high, low, (4 &* c &- (isLowerCloser ? 1 : 2)) << h) &+ odd
        let upper = roundToOdd(high, low, (4 &* c &+ 2) << h) &- odd
        let s = value >> 2
        if s >= 10 {
            let shorter = s / 10
            let isBelowInside = lower <= 40 &* shorter
            let isAboveInside = 40 &* shorter &+ 40 <= upper
            if isBelowInside != isAboveInside {
                return ShortestDecimal(
                    digits: shorter &+ (isAboveInside ? 1 : 0),
                    exponent: k &+ 1
                )
            }
        }
        let isBelowInside = lower <= 4 &* s
        let isAboveInside = 4 &* s &+ 4 <= upper
        if isBelowInside != isAboveInside {
            return ShortestDecimal(digits: s &+ (isAboveInside ? 1 : 0), exponent: k)
        }
        let middle = 4 &* s &+ 2
        let roundsUp = value > middle || (value == middle && s & 1 == 1)
        return ShortestDecimal(digits: s &+ (roundsUp ? 1 : 0), exponent: k)
    }

    private static func roundToOdd(_ high: UInt64, _ low: UInt64, _ factor: UInt64) -> UInt64 {
        let carried = low.multipliedFullWidth(by: factor).high
        let product = high.multipliedFullWidth(by: factor)
        let (sum, overflow) = product.low.addingReportingOverflow(carried)
        return (product.high &+ (overflow ? 1 : 0)) | (sum > 1 ? 1 : 0)
    }
}

/// The leading 128 bits of powers of ten, rounded up where they are not exact; made once, from
/// whole-number arithmetic.
private struct PowersOfTen: Sendable {
    static let shared = PowersOfTen()
    private static let least = -292
    private static let greatest = 324

    /// High and low word of each power in turn.
    private let words: [UInt64]

    func power(_ exponent: Int) -> (high: UInt64, low: UInt64) {
        let index = 2 &* (exponent &- Self.least)
        return (words[index], words[index &+ 1])
    }

    private init() {
        var words = [UInt64](repeating: 0, count: 2 * (Self.greatest - Self.least + 1))
        func put(_ exponent: Int, _ head: UInt128) {
            words[2 * (exponent - Self.least)] = UInt64(head >> 64)
            words[2 * (exponent - Self.least) + 1] = UInt64(truncatingIfNeeded: head)
        }
        var number = WideNumber(one: 40)
        for exponent in 0...Self.greatest {
            put(exponent, number.head(roundingUp: true))
            number.multiplyByTen()
        }
        // 2^1279 divided again and again, rounded down each time, is 2^1279 / 10^n rounded down.
        number = WideNumber(one: 40)
        number.shiftToTop()
        for exponent in stride(from: -1, through: Self.least, by: -1) {
            number.divideByTen()
            put(exponent, number.head(roundingUp: false) + 1)
        }
        self.words = words
    }
}

/// A whole number in words of 32 bits, least first.
private struct WideNumber {
    private var words: [UInt32]

    init(one wordCount: Int) {
        words = [UInt32](repeating: 0, count: wordCount)
        words[0] = 1
    }

    /// From 1 to the greatest power of two that fits.
    mutating func shiftToTop() {
        words[0] = 0
        words[words.count - 1] = 1 << 31
    }

    mutating func multiplyByTen() {
        var carry: UInt64 = 0
        for index in words.indices {
            carry += UInt64(words[index]) * 10
            words[index] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
    }

    mutating func divideByTen() {
        var rest: UInt64 = 0
        for index in words.indices.reversed() {
            rest = rest << 32 | UInt64(words[index])
            words[index] = UInt32(rest / 10)
            rest %= 10
        }
    }

    /// The 128 bits from the highest set bit down; 1 more when bits below them are cut and
    /// `roundingUp`.
    func head(roundingUp: Bool) -> UInt128 {
        guard let top = words.lastIndex(where: { $0 != 0 }) else { return 0 }
        var head: UInt128 = 0
        var taken = 0
        var isCut = false
        for index in stride(from: top, through: 0, by: -1) {
            let length = index == top ? 32 - words[index].leadingZeroBitCount : 32
            let kept = min(length, 128 - taken)
            head = head << UInt128(kept) | UInt128(words[index] >> UInt32(length - kept))
            taken += kept
            let rest = UInt64(words[index]) & ((1 << UInt64(length - kept)) - 1)
            isCut = isCut || rest != 0
        }
        head <<= UInt128(128 - taken)
        return isCut && roundingUp ? head + 1 : head
    }
}
