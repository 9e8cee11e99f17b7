import API
package import NIOCore

/// Writes MLflow's JSON: absent fields are left out, empty lists too, doubles that JSON lacks are
/// the strings "NaN", "Infinity" and "-Infinity".
package struct MLflowWriter: Sendable {
    private var json: JSONWriter
    private var needsComma = false

    package init(capacity: Int = 512) { json = JSONWriter(capacity: capacity) }

    /// What was written.
    package var buffer: ByteBuffer { ByteBuffer(bytes: json.bytes) }

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
        var writer = JSONWriter(capacity: text.utf8.count + 2)
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
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
        json.string(value)
        needsComma = true
    }

    mutating func field(_ name: String, _ value: Int64?) {
        guard let value else { return }
        key(name)
        json.number(value)
        needsComma = true
    }

    mutating func field(_ name: String, _ value: Bool) {
        key(name)
        json.raw(value ? "true" : "false")
        needsComma = true
    }

    mutating func field(_ name: String, _ value: Double) {
        key(name)
        json.number(value, keepsPoint: true)
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
    mutating func raw(_ text: String) {
        comma()
        json.raw(text)
        needsComma = true
    }

    private mutating func key(_ name: String) {
        comma()
        json.string(name)
        json.byte(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func begin(_ bracket: String) {
        comma()
        json.raw(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: String) {
        json.raw(bracket)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { json.byte(UInt8(ascii: ",")) }
    }
}
