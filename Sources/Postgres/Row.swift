import CPostgres
package import Foundation

/// One row of a result. Values are read by position: the statement stands beside its decoder.
package struct Row: Sendable {
    let result: ResultBox
    let index: Int32

    /// The value of a column that is never NULL.
    package func value<Value: PostgresDecodable>(
        _ column: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let value = try optional(column, as: type) else {
            throw result.mismatch(column, wanted: "\(type)", found: "NULL")
        }
        return value
    }

    /// The value of a column that may be NULL.
    package func optional<Value: PostgresDecodable>(
        _ column: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        try result.decode(row: index, column: Int32(column), as: type)
    }
}

/// The same for the types that fill long results: other modules call these without looking up what
/// a generic type stands for. It halved the time of reading the heads of chunks.
extension Row {
    package func value(_ column: Int) throws(PostgresError) -> Bool {
        try value(column, as: Bool.self)
    }
    package func value(_ column: Int) throws(PostgresError) -> Int32 {
        try value(column, as: Int32.self)
    }
    package func value(_ column: Int) throws(PostgresError) -> Int64 {
        try value(column, as: Int64.self)
    }
    package func value(_ column: Int) throws(PostgresError) -> Int {
        try value(column, as: Int.self)
    }
    package func value(_ column: Int) throws(PostgresError) -> Double {
        try value(column, as: Double.self)
    }
    package func value(_ column: Int) throws(PostgresError) -> String {
        try value(column, as: String.self)
    }
    package func value(_ column: Int) throws(PostgresError) -> UUID {
        try value(column, as: UUID.self)
    }
    package func value(_ column: Int) throws(PostgresError) -> [UInt8] {
        try value(column, as: [UInt8].self)
    }

    package func optional(_ column: Int) throws(PostgresError) -> Double? {
        try optional(column, as: Double.self)
    }
}

/// A Swift type that a column can be read as: Bool, Int, Int32, Int64, Double, String, UUID, bytes.
package protocol PostgresDecodable: Sendable {
    /// Reads the binary form of the type with this object identifier; nil when that is another type
    /// or the bytes are malformed.
    static func decode(_ bytes: RawSpan, type oid: UInt32) -> Self?
}

/// Owns one libpq result and frees it.
///
/// Unchecked: a PGresult never changes after it was received, and libpq documents that any number
/// of threads may read one.
final class ResultBox: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var rowCount: Int32 { PQntuples(pointer) }
    var status: ExecStatusType { PQresultStatus(pointer) }

    /// Number of rows a statement touched, or 0 where that means nothing.
    var affectedCount: Int {
        guard let text = PQcmdTuples(pointer) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    func field(_ code: Character) -> String? {
        guard let ascii = code.asciiValue, let text = PQresultErrorField(pointer, Int32(ascii))
        else { return nil }
        return String(cString: text)
    }

    func decode<Value: PostgresDecodable>(
        row: Int32,
        column: Int32,
        as type: Value.Type
    ) throws(PostgresError) -> Value? {
        guard column < PQnfields(pointer) else {
            throw mismatch(Int(column), wanted: "\(type)", found: "no such column")
        }
        if PQgetisnull(pointer, row, column) != 0 { return nil }
        let oid = PQftype(pointer, column)
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, column),
            count: Int(PQgetlength(pointer, row, column))
        )
        if let value = Value.decode(bytes.bytes, type: oid) { return value }
        throw mismatch(Int(column), wanted: "\(type)", found: "type \(oid)")
    }

    func mismatch(_ column: Int, wanted: String, found: String) -> PostgresError {
        let name = PQfname(pointer, Int32(column)).map { String(cString: $0) }
        return .decoding(column: name ?? "\(column)", wanted: wanted, found: found)
    }
}
