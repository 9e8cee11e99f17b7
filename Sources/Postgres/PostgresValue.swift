package import Foundation

/// One bound parameter in PostgreSQL's binary form; nil bytes stand for NULL.
package struct PostgresValue: Sendable, Hashable {
    let type: PostgresType
    let bytes: [UInt8]?

    init(_ type: PostgresType, _ bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
    }
}

/// Object identifiers of the built-in types we speak; fixed by PostgreSQL's catalogue
/// `pg_type.dat`.
struct PostgresType: Sendable, Hashable {
    let oid: UInt32
    let array: UInt32
    let name: String

    static let bool = PostgresType(oid: 16, array: 1000, name: "boolean")
    static let bytea = PostgresType(oid: 17, array: 1001, name: "bytea")
    static let int8 = PostgresType(oid: 20, array: 1016, name: "bigint")
    static let int2 = PostgresType(oid: 21, array: 1005, name: "smallint")
    static let int4 = PostgresType(oid: 23, array: 1007, name: "integer")
    static let text = PostgresType(oid: 25, array: 1009, name: "text")
    static let float8 = PostgresType(oid: 701, array: 1022, name: "double precision")
    static let uuid = PostgresType(oid: 2950, array: 2951, name: "uuid")
}

/// A Swift type with a binary PostgreSQL form: Bool, Int32, Int64, Int, Double, String, UUID.
package protocol PostgresEncodable: Sendable {
    /// The parameter, typed; nil gives a typed NULL.
    static func postgresValue(_ value: Self?) -> PostgresValue
    /// A one-dimensional array.
    static func postgresArray(_ values: [Self?]) -> PostgresValue
}

/// What the conforming types say of themselves; kept apart so that byte work stays in this module.
protocol BinaryEncodable: PostgresEncodable {
    static var type: PostgresType { get }
    func append(to bytes: inout [UInt8])
}

extension BinaryEncodable {
    static package func postgresValue(_ value: Self?) -> PostgresValue {
        guard let value else { return PostgresValue(type, nil) }
        var bytes: [UInt8] = []
        value.append(to: &bytes)
        return PostgresValue(type, bytes)
    }

    static package func postgresArray(_ values: [Self?]) -> PostgresValue {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + values.count * 20)
        bytes.appendArrayHeader(type, count: values.count, hasNull: values.contains { $0 == nil })
        for value in values { bytes.appendField(value) }
        return PostgresValue(type.arrayType, bytes)
    }
}

extension PostgresType {
    var arrayType: PostgresType { PostgresType(oid: array, array: 0, name: name + "[]") }
}

extension PostgresValue {
    static func byteArrays(_ values: [[UInt8]]) -> PostgresValue {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.reduce(20) { $0 + 4 + $1.count })
        bytes.appendArrayHeader(.bytea, count: values.count, hasNull: false)
        for value in values {
            bytes.appendBigEndian(Int32(value.count))
            bytes.append(contentsOf: value)
        }
        return PostgresValue(PostgresType.bytea.arrayType, bytes)
    }
}

extension Bool: BinaryEncodable {
    static var type: PostgresType { .bool }
    func append(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Int32: BinaryEncodable {
    static var type: PostgresType { .int4 }
    func append(to bytes: inout [UInt8]) { bytes.appendBigEndian(self) }
}

extension Int64: BinaryEncodable {
    static var type: PostgresType { .int8 }
    func append(to bytes: inout [UInt8]) { bytes.appendBigEndian(self) }
}

extension Int: BinaryEncodable {
    static var type: PostgresType { .int8 }
    func append(to bytes: inout [UInt8]) { bytes.appendBigEndian(Int64(self)) }
}

extension Double: BinaryEncodable {
    static var type: PostgresType { .float8 }
    func append(to bytes: inout [UInt8]) { bytes.appendBigEndian(bitPattern) }
}

extension String: BinaryEncodable {
    static var type: PostgresType { .text }
    func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension UUID: BinaryEncodable {
    static var type: PostgresType { .uuid }
    func append(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }
}

extension [UInt8] {
    /// Head of a one-dimensional array whose lower bound is 1.
    mutating func appendArrayHeader(_ type: PostgresType, count: Int, hasNull: Bool) {
        appendBigEndian(Int32(count == 0 ? 0 : 1))
        appendBigEndian(Int32(hasNull ? 1 : 0))
        appendBigEndian(type.oid)
        guard count > 0 else { return }
        appendBigEndian(Int32(count))
        appendBigEndian(Int32(1))
    }

    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// A field of an array or of a COPY row: its length (-1 for NULL), then its bytes.
    mutating func appendField(_ value: (some BinaryEncodable)?) {
        guard let value else { return appendBigEndian(Int32(-1)) }
        let start = count
        appendBigEndian(Int32(0))
        value.append(to: &self)
        let length = Int32(count - start - 4)
        Swift.withUnsafeBytes(of: length.bigEndian) { replaceSubrange(start..<start + 4, with: $0) }
    }
}
