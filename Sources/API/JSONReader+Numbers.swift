extension JSONReader {
    /// The next value as a Double: a number, or a string that holds one or one of "NaN",
    /// "Infinity" and "-Infinity". A number beyond the range of Double is refused: infinity is
    /// written as a string.
    package mutating func double() throws(JSONSyntaxError) -> Double {
        if try peek() == .string {
            let start = offset
            let text = try string()
            switch text {
            case "NaN": return .nan
            case "Infinity": return .infinity
            case "-Infinity": return -.infinity
            default:
                return try Self.quoted(text, at: start) { reader throws(JSONSyntaxError) in
                    try reader.double()
                }
            }
        }
        skipWhitespace()
        let start = offset
        let number = try scanNumber()
        if let value = number.nearestDouble { return value }
        guard let value = Double(String(decoding: bytes[start..<offset], as: UTF8.self)),
            value.isFinite
        else { throw JSONSyntaxError(offset: start, reason: .numberOutOfRange) }
        return value
    }

    /// The next value as an Int64: an integral number (`5`, `5.0`, `5e3`) or a string that holds
    /// one.
    package mutating func int64() throws(JSONSyntaxError) -> Int64 {
        if try peek() == .string {
            let start = offset
            return try Self.quoted(try string(), at: start) { reader throws(JSONSyntaxError) in
                try reader.int64()
            }
        }
        skipWhitespace()
        let start = offset
        let number = try scanNumber()
        if let exact = number.exactInteger { return exact }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if let value = Int64(text) { return value }
        guard let value = Double(text), let exact = Int64(exactly: value) else {
            throw JSONSyntaxError(offset: start, reason: .expected("an integer of 64 bits"))
        }
        return exact
    }

    /// A number inside a string, read by `read`; a string inside the string is refused.
    private static func quoted<Value>(
        _ text: String,
        at start: Int,
        _ read: (inout JSONReader) throws(JSONSyntaxError) -> Value
    ) throws(JSONSyntaxError) -> Value {
        var inner = JSONReader(Array(text.utf8))
        do {
            guard try inner.peek() == .number else { throw inner.failure(.expected("a number")) }
            let value = try read(&inner)
            try inner.finish()
            return value
        } catch {
            throw JSONSyntaxError(offset: start, reason: .expected("a number in the string"))
        }
    }

    /// The next value, which is a number, as it is written.
    package mutating func numberText() throws(JSONSyntaxError) -> String {
        skipWhitespace()
        let start = offset
        _ = try scanNumber()
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// A scanned number: ± mantissa × 10^exponent, when the mantissa fits 19 digits.
    private struct ScannedNumber {
        var isNegative = false
        var mantissa: UInt64 = 0
        /// Without leading zeros.
        var digitCount = 0
        var exponent = 0
        var hasFraction = false

        /// nil when the digits must be looked at again.
        var nearestDouble: Double? {
            guard digitCount <= 19,
                let magnitude = NearestDouble.of(mantissa: mantissa, exponent: exponent)
            else { return nil }
            return isNegative ? -magnitude : magnitude
        }

        var exactInteger: Int64? {
            guard !hasFraction, exponent == 0, digitCount <= 18 else { return nil }
            return isNegative ? -Int64(mantissa) : Int64(mantissa)
        }
    }

    @inline(__always)
    private mutating func scanNumber() throws(JSONSyntaxError) -> ScannedNumber {
        var number = ScannedNumber()
        let start = offset
        if try currentByte() == UInt8(ascii: "-") {
            number.isNegative = true
            offset += 1
        }
        let integerStart = offset
        try scanDigits(into: &number, start: start)
        if bytes[integerStart] == UInt8(ascii: "0"), offset - integerStart > 1 {
            throw JSONSyntaxError(
                offset: integerStart,
                reason: .expected("a number without leading zeros")
            )
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            number.hasFraction = true
            let fractionStart = offset
            try scanDigits(into: &number, start: start)
            number.exponent = fractionStart - offset
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            number.exponent += try scanExponent(start: start)
        }
        return number
    }

    @inline(__always)
    private mutating func scanDigits(
        into number: inout ScannedNumber,
        start: Int
    ) throws(JSONSyntaxError) {
        let first = offset
        var index = first
        var mantissa = number.mantissa
        var firstKept = number.digitCount > 0 ? first : -1
        while index < bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            // Beyond 19 digits the mantissa is not used.
            mantissa = mantissa &* 10 &+ UInt64(digit)
            // Leading zeros carry nothing.
            if firstKept < 0, digit != 0 { firstKept = index }
            index += 1
        }
        offset = index
        guard index > first else { throw failure(.expected("a digit")) }
        if firstKept >= 0 { number.digitCount += index - firstKept }
        number.mantissa = mantissa
        try checkLength(from: start)
    }

    private mutating func scanExponent(start: Int) throws(JSONSyntaxError) -> Int {
        let sign = try currentByte()
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { offset += 1 }
        let first = offset
        var exponent = 0
        while offset < bytes.count, Self.isDigit(bytes[offset]) {
            // Far outside Double already; kept from overflowing.
            exponent = min(exponent * 10 + Int(bytes[offset] - UInt8(ascii: "0")), 1_000_000)
            offset += 1
        }
        guard offset > first else { throw failure(.expected("a digit")) }
        try checkLength(from: start)
        return sign == UInt8(ascii: "-") ? -exponent : exponent
    }

    private func checkLength(from start: Int) throws(JSONSyntaxError) {
        guard offset - start <= Self.numberLimit else {
            throw JSONSyntaxError(offset: start, reason: .numberTooLong(limit: Self.numberLimit))
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
