/// Numbers as people and files write them.
package enum NumberText {
    /// Reads a decimal number, `NaN` or an infinity; nil for anything else (`None`, hexadecimal,
    /// empty). With `suffixes`, one of k M B T multiplies by 1e3, 1e6, 1e9, 1e12.
    package static func number(_ text: some StringProtocol, suffixes: Bool = false) -> Double? {
        var bytes = Array(text.utf8)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        guard start < bytes.endIndex else { return nil }
        return number(bytes[start...], suffixes: suffixes)
    }

    /// The same for bytes without blanks around them.
    package static func number(_ bytes: ArraySlice<UInt8>, suffixes: Bool = false) -> Double? {
        if let exact = shortDecimal(bytes) { return exact }
        guard let last = bytes.last, bytes.count <= 64 else { return nil }
        if suffixes, let factor = factor(of: last) {
            guard let mantissa = number(bytes.dropLast()), mantissa.isFinite else { return nil }
            return mantissa * factor
        }
        guard bytes.allSatisfy(isDecimal) else { return word(bytes) }
        return Double(String(decoding: bytes, as: UTF8.self))
    }

    /// The shortest text that reads back as the same value; whole numbers without a point.
    package static func text(_ value: Double) -> String {
        if value.magnitude < 1e15, value == value.rounded() { return String(Int64(value)) }
        return if value.isNaN {
            "NaN"
        } else if value.isInfinite {
            value < 0 ? "-Infinity" : "Infinity"
        } else {
            value.description
        }
    }

    /// 1e3, 1e6, 1e9 or 1e12 for k, M, B, T; nil for other letters.
    static func factor(of suffix: UInt8) -> Double? {
        switch suffix {
        case UInt8(ascii: "k"), UInt8(ascii: "K"): 1e3
        case UInt8(ascii: "M"): 1e6
        case UInt8(ascii: "B"), UInt8(ascii: "G"): 1e9
        case UInt8(ascii: "T"): 1e12
        default: nil
        }
    }

    /// Exact for up to 15 digits and up to 22 decimal places: both factors are exact doubles, so
    /// the one division rounds correctly. Most cells of a table end here.
    private static func shortDecimal(_ bytes: ArraySlice<UInt8>) -> Double? {
        var index = bytes.startIndex
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { index += 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var places: Int?
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
                digits += 1
                if let found = places { places = found + 1 }
                if digits > 15 { return nil }
            } else if byte == UInt8(ascii: "."), places == nil {
                places = 0
            } else {
                return nil
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        let value = Double(mantissa) / powersOfTen[places ?? 0]
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    private static func word(_ bytes: ArraySlice<UInt8>) -> Double? {
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "nan", "+nan", "-nan": .nan
        case "inf", "+inf", "infinity", "+infinity": .infinity
        case "-inf", "-infinity": -.infinity
        default: nil
        }
    }

    private static func isDecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\n")
    }
}
