/// A statement whose interpolated values are bound, never pasted: `"… WHERE id = \(id)"` becomes
/// `… WHERE id = $1` and one parameter. Fragments of statements are themselves `SQL`.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    enum Part: Sendable {
        case text(String)
        case value(PostgresValue)
    }

    let parts: [Part]

    package init(stringLiteral value: String) {
        parts = [.text(value)]
    }

    package init(stringInterpolation: Interpolation) {
        parts = stringInterpolation.parts
    }

    /// Text with `$1`, `$2`, …; and the parameters in that order.
    func render() -> (text: String, values: [PostgresValue]) {
        var text = ""
        var values: [PostgresValue] = []
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .value(let value):
                values.append(value)
                text += "$\(values.count)"
            }
        }
        return (text, values)
    }

    package struct Interpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            parts.append(.text(literal))
        }

        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            parts.append(.value(Value.postgresValue(value)))
        }

        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            parts.append(.value(Value.postgresValue(value)))
        }

        package mutating func appendInterpolation<Value: PostgresEncodable>(_ values: [Value]) {
            parts.append(.value(Value.postgresArray(values)))
        }

        package mutating func appendInterpolation<Value: PostgresEncodable>(_ values: [Value?]) {
            parts.append(.value(Value.postgresArray(values)))
        }

        /// Binds raw bytes as `bytea`.
        package mutating func appendInterpolation(bytes: [UInt8]) {
            parts.append(.value(PostgresValue(.bytea, bytes)))
        }

        /// Binds several of them as `bytea[]`.
        package mutating func appendInterpolation(byteArrays: [[UInt8]]) {
            parts.append(.value(PostgresValue.byteArrays(byteArrays)))
        }

        /// Inserts another statement's text and parameters at this place.
        package mutating func appendInterpolation(_ fragment: SQL) {
            parts.append(contentsOf: fragment.parts)
        }
    }
}
