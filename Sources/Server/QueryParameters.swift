package import API
import Foundation
import Hummingbird
package import Runs

/// The query of an address, decoded as forms are: `+` is a space, names may repeat.
package struct QueryParameters: Sendable {
    private let pairs: [(name: String, value: String)]

    package init(_ query: String) throws(APIError) {
        var pairs: [(String, String)] = []
        for part in query.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decode(halves[0])
            pairs.append((name, halves.count > 1 ? try Self.decode(halves[1]) : ""))
        }
        self.pairs = pairs
    }

    /// Parameters that came as names and values.
    init(_ values: [String: String]) {
        pairs = values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    init(_ request: Request) throws(APIError) {
        try self.init(request.uri.query ?? "")
    }

    private static func decode(_ text: Substring) throws(APIError) -> String {
        guard let decoded = text.replacing("+", with: " ").removingPercentEncoding else {
            throw APIError(
                .invalid,
                "The query of this address is not percent-encoded UTF-8 at \(text.prefix(80)).",
                hint: "Encode it as a form does."
            )
        }
        return decoded
    }

    /// The names given, in their order.
    package var names: [String] { pairs.map(\.name) }

    /// nil when the parameter is absent or empty.
    package func text(_ name: String) -> String? {
        pairs.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    package func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
    }

    /// Repeated parameters and commas both separate.
    package func list(_ name: String) -> [String] {
        all(name).flatMap { $0.split(separator: ",").map(String.init) }
    }

    package func required(_ name: String) throws(APIError) -> String {
        guard let value = text(name) else {
            throw APIError(.invalid, "The parameter \(name) is missing.", field: name)
        }
        return value
    }

    /// A positive finite number; k, M, B and T multiply.
    package func positiveNumber(_ name: String) throws(APIError) -> Double? {
        guard let text = text(name) else { return nil }
        guard let value = NumberText.number(text, suffixes: true), value.isFinite, value > 0 else {
            throw APIError(
                .invalid,
                "\(name) must be a positive number such as 1.5e9 or 430M; it was "
                    + "\(text.prefix(80)).",
                field: name
            )
        }
        return value
    }

    package func integer(
        _ name: String,
        in range: ClosedRange<Int64>
    ) throws(APIError) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let value = Int64(text), range.contains(value) else {
            throw APIError(
                .invalid,
                "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound); "
                    + "it was \(text.prefix(80)).",
                field: name
            )
        }
        return value
    }

    package func number(_ name: String) throws(APIError) -> Double? {
        guard let text = text(name) else { return nil }
        guard let value = NumberText.number(text, suffixes: true), value.isFinite else {
            throw APIError(
                .invalid,
                "\(name) must be a finite number; it was \(text.prefix(80)).",
                field: name
            )
        }
        return value
    }

    /// One of an enumeration's words.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        as type: Choice.Type
    ) throws(APIError) -> Choice? where Choice.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                .invalid,
                "\(name) must be one of \(known); it was \(text.prefix(80)).",
                field: name
            )
        }
        return choice
    }

    /// A filter of the query language.
    package func filter(_ name: String) throws(APIError) -> RunFilter? {
        try text(name).map { text throws(APIError) in try Self.filter(parsing: text, field: name) }
    }

    package static func filter(
        parsing text: String,
        field: String
    ) throws(APIError) -> RunFilter {
        do {
            return try RunFilter(parsing: text)
        } catch {
            throw APIError(.invalid, error.message, field: field)
        }
    }
}
