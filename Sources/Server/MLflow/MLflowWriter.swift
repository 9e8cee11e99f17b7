package import NIOCore

/// Writes MLflow's JSON: absent fields are left out, empty lists too, doubles that JSON lacks are
/// the strings "NaN", "Infinity" and "-Infinity".
package struct MLflowWriter: Sendable {
    package private(set) var buffer: ByteBuffer
    private var needsComma = false

    package init(capacity: Int = 512) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// One object as a whole answer.
    static func object(
        capacity: Int = 512,
        _ fill: (inout MLflowWriter) -> Void
    ) -> ByteBuffer {
        var writer = MLflowWriter(capacity: capacity)
        writer.object(fill)
        return writer.buffer
    }

    /// `{}`: the answer of every write.
    static let empty = ByteBuffer(string: "{}")

    package static func quoted(_ text: String) -> String {
        var writer = MLflowWriter(capacity: text.utf8.count + 2)
        writer.writeQuoted(text)
        return String(buffer: writer.buffer)
    }

    mutating func object(_ fill: (inout MLflowWriter) -> Void) {
        begin("{")
        fill(&self)
        end("}")
    }

    mutating func object(_ name: String, _ fill: (inout MLflowWriter) -> Void) {
        key(name)
        object(fill)
    }

    /// Nothing when `elements` is empty.
    mutating func array<Elements: Collection>(
        _ name: String,
        _ elements: Elements,
        _ write: (inout MLflowWriter, Elements.Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        key(name)
        begin("[")
        for element in elements { write(&self, element) }
        end("]")
    }

    mutating func field(_ name: String, _ value: String?) {
        guard let value else { return }
        key(name)
        writeQuoted(value)
        needsComma = true
    }

    mutating func field(_ name: String, _ value: Int64?) {
        guard let value else { return }
        key(name)
        buffer.writeString(String(value))
        needsComma = true
    }

    mutating func field(_ name: String, _ value: Bool) {
        key(name)
        buffer.writeString(value ? "true" : "false")
        needsComma = true
    }

    mutating func field(_ name: String, _ value: Double) {
        key(name)
        if value.isNaN {
            buffer.writeString(#""NaN""#)
        } else if value.isInfinite {
            buffer.writeString(value < 0 ? #""-Infinity""# : #""Infinity""#)
        } else {
            buffer.writeString(value.description)
        }
        needsComma = true
    }

    /// `[{"key": …, "value": …}, …]` sorted by key; MLflow's form of a dictionary.
    mutating func pairs(_ name: String, _ pairs: [String: String]) {
        array(name, pairs.sorted { $0.key < $1.key }) { writer, pair in
            writer.object {
                $0.field("key", pair.key)
                $0.field("value", pair.value)
            }
        }
    }

    /// JSON that was made elsewhere, as an element of an array.
    mutating func raw(_ json: String) {
        comma()
        buffer.writeString(json)
        needsComma = true
    }

    private mutating func key(_ name: String) {
        comma()
        writeQuoted(name)
        buffer.writeInteger(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func begin(_ bracket: StaticString) {
        comma()
        buffer.writeStaticString(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: StaticString) {
        buffer.writeStaticString(bracket)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
    }

    private mutating func writeQuoted(_ text: String) {
        buffer.writeInteger(UInt8(ascii: "\""))
        if text.utf8.contains(where: Self.needsEscape) {
            for byte in text.utf8 { writeEscaped(byte) }
        } else {
            buffer.writeString(text)
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            buffer.writeInteger(UInt8(ascii: "\\"))
            buffer.writeInteger(byte)
        case 0..<0x20, 0x7F:
            let hex = String(byte, radix: 16)
            buffer.writeString("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
        default:
            buffer.writeInteger(byte)
        }
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
