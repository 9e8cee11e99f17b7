package import Foundation

/// Rows in PostgreSQL's binary COPY format (PostgreSQL manual, chapter COPY, "Binary Format").
/// Column types must match the table's exactly: an `integer` column takes `Int32`, a `bigint` one
/// `Int64`.
package struct CopyRows: Sendable {
    private(set) var bytes: [UInt8] = []
    package private(set) var count = 0
    private let fieldCount: Int16

    package init(fieldCount: Int) {
        self.fieldCount = Int16(fieldCount)
        bytes.append(contentsOf: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00])
        bytes.appendBigEndian(Int32(0))  // flags
        bytes.appendBigEndian(Int32(0))  // length of the header extension
    }

    package var byteCount: Int { bytes.count }

    /// Begins a row; exactly `fieldCount` appends must follow.
    package mutating func beginRow() {
        bytes.appendBigEndian(fieldCount)
        count += 1
    }

    package mutating func append(_ value: Bool?) { bytes.appendField(value) }
    package mutating func append(_ value: Int32?) { bytes.appendField(value) }
    package mutating func append(_ value: Int64?) { bytes.appendField(value) }
    package mutating func append(_ value: Double?) { bytes.appendField(value) }
    package mutating func append(_ value: String?) { bytes.appendField(value) }
    package mutating func append(_ value: UUID?) { bytes.appendField(value) }

    package mutating func append(bytes value: [UInt8]) {
        bytes.appendBigEndian(Int32(value.count))
        bytes.append(contentsOf: value)
    }

    /// Everything, with the trailer that ends the data.
    func finished() -> [UInt8] {
        var all = bytes
        all.appendBigEndian(Int16(-1))
        return all
    }
}
