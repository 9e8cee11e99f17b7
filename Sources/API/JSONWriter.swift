/// Appends JSON to bytes, for answers too long for `JSONEncoder`. Where commas and brackets stand
/// is the caller's business: constant parts are written as they are, whole columns at once.
///
/// Numbers are the shortest that read back exactly; NaN and infinities are the strings "NaN",
/// "Infinity" and "-Infinity".
package struct JSONWriter: Sendable {
    /// Room ahead of `count` is kept so that a number is written without asking for each byte.
    private var storage: [UInt8]
    package private(set) var count = 0

    /// The longest number: "-2.2250738585072014e-308", and room for the digits' pairs.
    private static let numberLimit = 40

    package init(capacity: Int = 4_096) {
        storage = [UInt8](repeating: 0, count: max(capacity, 64))
    }

    /// What was written.
    package var bytes: ArraySlice<UInt8> { storage[..<count] }

    /// Forgets what was written and keeps the room.
    package mutating func removeAll() { count = 0 }

    /// JSON as it is.
    package mutating func raw(_ text: String) { raw(text.utf8.span) }

    /// JSON as it is.
    package mutating func raw(_ text: [UInt8]) { raw(text.span) }

    /// JSON as it is.
    package mutating func raw(_ text: ArraySlice<UInt8>) { raw(text.span) }

    private mutating func raw(_ text: Span<UInt8>) {
        reserve(text.count)
        let start = count
        var span = storage.mutableSpan
        for index in text.indices { span[start &+ index] = text[index] }
        count = start + text.count
    }

    package mutating func byte(_ byte: UInt8) {
        reserve(1)
        storage[count] = byte
        count += 1
    }

    /// A string in quotes.
    package mutating func string(_ text: String) {
        if !plainString(text) { escapedString(text) }
    }

    /// False, and nothing is written, when something in it must be escaped.
    private mutating func plainString(_ text: String) -> Bool {
        let bytes = text.utf8.span
        reserve(bytes.count + 2)
        let start = count &+ 1
        var span = storage.mutableSpan
        for index in bytes.indices {
            let byte = bytes[index]
            guard !Self.needsEscape(byte) else { return false }
            span[start &+ index] = byte
        }
        span[start &- 1] = UInt8(ascii: "\"")
        span[start &+ bytes.count] = UInt8(ascii: "\"")
        count = start + bytes.count + 1
        return true
    }

    private mutating func escapedString(_ text: String) {
        byte(UInt8(ascii: "\""))
        for byte in text.utf8 { writeEscaped(byte) }
        byte(UInt8(ascii: "\""))
    }

    package mutating func number(_ value: Int64) {
        reserve(Self.numberLimit)
        let start = count
        var span = storage.mutableSpan
        count = DecimalDigits.write(value, to: &span, at: start)
    }

    /// Whole numbers have no point, unless `keepsPoint` asks for "1.0".
    package mutating func number(_ value: Double, keepsPoint: Bool = false) {
        reserve(Self.numberLimit)
        let start = count
        var span = storage.mutableSpan
        count = DecimalDigits.write(wire: value, keepsPoint: keepsPoint, to: &span, at: start)
    }

    /// An array of numbers.
    package mutating func array(_ column: [Int64]) {
        byte(UInt8(ascii: "["))
        elements(column)
        byte(UInt8(ascii: "]"))
    }

    /// An array of numbers.
    package mutating func array(_ column: [Double]) {
        byte(UInt8(ascii: "["))
        elements(column)
        byte(UInt8(ascii: "]"))
    }

    /// Numbers with commas between them.
    package mutating func elements(_ column: [Int64]) {
        reserve(Self.numberLimit + column.count * 21)
        var place = count
        let numbers = column.span
        var span = storage.mutableSpan
        for index in numbers.indices {
            if index > 0 {
                span[place] = UInt8(ascii: ",")
                place &+= 1
            }
            place = DecimalDigits.write(numbers[index], to: &span, at: place)
        }
        count = place
    }

    /// Numbers with commas between them.
    package mutating func elements(_ column: [Double]) {
        reserve(Self.numberLimit + column.count * 26)
        var place = count
        let numbers = column.span
        var span = storage.mutableSpan
        for index in numbers.indices {
            if index > 0 {
                span[place] = UInt8(ascii: ",")
                place &+= 1
            }
            place = DecimalDigits.write(
                wire: numbers[index],
                keepsPoint: false,
                to: &span,
                at: place
            )
        }
        count = place
    }

    private mutating func reserve(_ length: Int) {
        guard storage.count - count < length else { return }
        storage.append(contentsOf: repeatElement(0, count: max(length, storage.count)))
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            self.byte(UInt8(ascii: "\\"))
            self.byte(byte)
        case 0..<0x20, 0x7F:
            raw("\\u00")
            let digits = Array("0123456789abcdef".utf8)
            self.byte(digits[Int(byte >> 4)])
            self.byte(digits[Int(byte & 15)])
        default:
            self.byte(byte)
        }
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
