import API
import Foundation
package import Runs

/// The fields of one MLflow request, from a JSON body or a query, read with MLflow's messages.
///
/// As in protobuf's JSON form, null is absent, `runId` is another spelling of `run_id`, and an
/// integer may be a string.
package struct MLflowFields: Sendable {
    private let fields: [String: [MLflowValue]]
    /// A query spells a list by repeating a name.
    private let isQuery: Bool
    /// Where these fields stand in the request: `tags[3].`, or nothing at the top.
    private let prefix: String

    /// Fields of a body; an empty body has none.
    package init(body: [UInt8]) throws(MLflowError) {
        guard !body.isEmpty else {
            self.init([:])
            return
        }
        let value: MLflowValue
        do {
            value = try MLflowValue(parsing: body)
        } catch {
            throw .syntax(error)
        }
        guard case .object(let fields) = value else {
            throw MLflowError(.badRequest, "The request body must be a JSON object.")
        }
        self.init(fields)
    }

    /// Fields of a query as it stands in the address, where `+` is a space.
    package init(query: String?) throws(MLflowError) {
        var fields: [String: [MLflowValue]] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let value = parts.count > 1 ? parts[1] : ""
            fields[try Self.decode(parts[0]), default: []].append(.string(try Self.decode(value)))
        }
        self.fields = fields
        isQuery = true
        prefix = ""
    }

    private static func decode(_ part: Substring) throws(MLflowError) -> String {
        guard let text = part.replacing("+", with: " ").removingPercentEncoding else {
            throw MLflowError(.badRequest, "The query is not percent-encoded UTF-8.")
        }
        return text
    }

    init(_ fields: [String: MLflowValue], prefix: String = "") {
        self.fields = fields.mapValues { [$0] }
        isQuery = false
        self.prefix = prefix
    }

    package func string(_ name: String) throws(MLflowError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, value) }
        guard !text.utf8.contains(0) else {
            throw .invalid(value: value.json, path: prefix + name, "It holds the character U+0000.")
        }
        return text
    }

    /// A string that must be there and not be empty.
    package func requiredString(_ name: String) throws(MLflowError) -> String {
        guard let text = try string(name), !text.isEmpty else { throw .missing(prefix + name) }
        return text
    }

    package func int64(_ name: String) throws(MLflowError) -> Int64? {
        guard let value = value(name) else { return nil }
        let text: String
        switch value {
        case .string(let string): text = string
        case .number(let number): text = number
        default: throw wrongType(name, value)
        }
        var reader = JSONReader(Array(text.utf8))
        do {
            let number = try reader.int64()
            try reader.finish()
            return number
        } catch {
            throw wrongType(name, value)
        }
    }

    /// An enumeration of protobuf: its word, or its number as text.
    func wordOrNumber(_ name: String) throws(MLflowError) -> String? {
        guard let value = value(name), case .number = value else { return try string(name) }
        return try int64(name).map { String($0) }
    }

    func boolean(_ name: String) throws(MLflowError) -> Bool? {
        guard let value = value(name) else { return nil }
        switch value {
        case .boolean(let boolean): return boolean
        case .string(let text) where ["true", "false"].contains(text.lowercased()):
            return text.lowercased() == "true"
        default: throw wrongType(name, value)
        }
    }

    func modelID(_ name: String) throws(MLflowError) -> ModelID {
        try MLflowNames.modelID(requiredString(name))
    }

    /// The objects of a list; a field that is absent is an empty list.
    package func objects(_ name: String) throws(MLflowError) -> [MLflowFields] {
        var objects: [MLflowFields] = []
        for (index, element) in try elements(name).enumerated() {
            guard case .object(let fields) = element else { throw wrongType(name, element) }
            objects.append(MLflowFields(fields, prefix: "\(prefix)\(name)[\(index)]."))
        }
        return objects
    }

    package func object(_ name: String) throws(MLflowError) -> MLflowFields? {
        guard let value = value(name) else { return nil }
        guard case .object(let fields) = value else { throw wrongType(name, value) }
        return MLflowFields(fields, prefix: "\(prefix)\(name).")
    }

    /// The strings of a list, which a query spells by repeating the name.
    package func strings(_ name: String) throws(MLflowError) -> [String] {
        var strings: [String] = []
        for element in try elements(name) {
            guard case .string(let text) = element else { throw wrongType(name, element) }
            strings.append(text)
        }
        return strings
    }

    /// `run_id`, else the deprecated `run_uuid`. An id that cannot be one of ours is unknown.
    package func runID() throws(MLflowError) -> RunID {
        var text = try string("run_id") ?? ""
        if text.isEmpty { text = try string("run_uuid") ?? "" }
        guard !text.isEmpty else { throw .missing("run_id") }
        return try MLflowNames.runID(text)
    }

    /// Milliseconds since 1970 as microseconds.
    package func time(_ name: String) throws(MLflowError) -> Int64? {
        guard let milliseconds = try int64(name) else { return nil }
        return try MLflowNames.microseconds(milliseconds, path: prefix + name)
    }

    private func value(_ name: String) -> MLflowValue? {
        guard let value = values(name)?.last, value != .null else { return nil }
        return value
    }

    private func elements(_ name: String) throws(MLflowError) -> [MLflowValue] {
        guard let values = values(name), let last = values.last, last != .null else { return [] }
        if case .array(let elements) = last { return elements }
        guard isQuery else { throw wrongType(name, last) }
        return values
    }

    private func values(_ name: String) -> [MLflowValue]? {
        fields[name] ?? fields[Self.camelCase(name)]
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined()
            + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private func wrongType(_ name: String, _ value: MLflowValue) -> MLflowError {
        .invalid(
            value: value.json,
            path: prefix + name,
            " Hint: Value was of type '\(value.typeName)'. "
                + "See the API docs for more information about request parameters."
        )
    }
}
