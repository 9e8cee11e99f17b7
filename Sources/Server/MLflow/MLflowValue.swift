package import API

/// Any JSON value of a request that is not hot, as read by `JSONReader`.
package enum MLflowValue: Hashable, Sendable {
    case object([String: MLflowValue])
    case array([MLflowValue])
    case string(String)
    /// As written: an Int64 keeps all its digits.
    case number(String)
    case boolean(Bool)
    case null

    /// Reads a whole text.
    package init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        var reader = JSONReader(bytes)
        self = try Self.read(&reader)
        try reader.finish()
    }

    /// nil when the text is not JSON.
    init?(json: String) {
        do {
            try self.init(parsing: Array(json.utf8))
        } catch {
            return nil
        }
    }

    private static func read(_ reader: inout JSONReader) throws(JSONSyntaxError) -> MLflowValue {
        switch try reader.peek() {
        case .object:
            var fields: [String: MLflowValue] = [:]
            try reader.beginObject()
            while let key = try reader.nextKey() { fields[key] = try read(&reader) }
            return .object(fields)
        case .array:
            var elements: [MLflowValue] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try read(&reader)) }
            return .array(elements)
        case .string: return .string(try reader.string())
        case .number: return .number(try reader.numberText())
        case .boolean: return .boolean(try reader.boolean())
        case .null:
            try reader.null()
            return .null
        }
    }

    /// Compact JSON with sorted keys, for error messages.
    package var json: String {
        switch self {
        case .object(let fields):
            "{"
                + fields.sorted { $0.key < $1.key }
                .map { "\(MLflowWriter.quoted($0.key)):\($0.value.json)" }
                .joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.json).joined(separator: ",") + "]"
        case .string(let text): MLflowWriter.quoted(text)
        case .number(let text): text
        case .boolean(let value): value ? "true" : "false"
        case .null: "null"
        }
    }

    /// Name of the type as MLflow's hints call it.
    var typeName: String {
        switch self {
        case .object: "dict"
        case .array: "list"
        case .string: "str"
        case .number(let text): text.contains { ".eE".contains($0) } ? "float" : "int"
        case .boolean: "bool"
        case .null: "NoneType"
        }
    }
}
