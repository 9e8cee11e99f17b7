import Foundation

/// A JSON value of a chart's description. A number that is not finite is written as `null`, which
/// charts draw as a gap.
package indirect enum FigureValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([FigureValue])
    case object([String: FigureValue])

    package subscript(key: String) -> FigureValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    package var string: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    /// The object with `others` laid over it, one level deep.
    package func merging(_ others: [String: FigureValue]) -> FigureValue {
        guard case .object(let members) = self else { return .object(others) }
        return .object(members.merging(others) { $1 })
    }
}

extension FigureValue: ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: FigureValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, FigureValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}

extension FigureValue {
    /// Longer columns travel as base64 typed arrays; shorter ones stay readable lists.
    static let readableCount = 200

    /// A column of a trace.
    static func column(_ values: [Double]) -> FigureValue {
        guard values.count > readableCount else { return .list(values.map(FigureValue.number)) }
        return [
            "dtype": "f8",
            "bdata": .text(base64(values.map(\.bitPattern))),
        ]
    }

    /// A matrix in single precision, row by row; every row has the same length.
    static func grid(_ rows: [[Double]]) -> FigureValue {
        let width = rows.first?.count ?? 0
        return [
            "dtype": "f4",
            "bdata": .text(base64(rows.joined().map { Float($0).bitPattern })),
            "shape": .text("\(rows.count), \(width)"),
        ]
    }

    static func texts(_ values: [String]) -> FigureValue {
        .list(values.map(FigureValue.text))
    }

    static func optional(_ value: Double?) -> FigureValue {
        value.map(FigureValue.number) ?? .null
    }

    static func optional(_ text: String?) -> FigureValue {
        text.map(FigureValue.text) ?? .null
    }

    private static func base64(_ words: [some FixedWidthInteger]) -> String {
        var bytes: [UInt8] = []
        for word in words {
            for shift in stride(from: 0, to: word.bitWidth, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return Data(bytes).base64EncodedString()
    }
}

extension FigureValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value) where value.isFinite: try container.encode(value)
        case .number: try container.encodeNil()
        case .text(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}
