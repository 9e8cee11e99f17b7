package import Foundation

extension RawSpan {
    /// The whole span as one big-endian integer; nil when its length is another.
    func bigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) -> Integer? {
        guard byteCount == MemoryLayout<Integer>.size else { return nil }
        return Integer(bigEndian: unsafeLoadUnaligned(as: type))
    }
}

extension Bool: PostgresDecodable {
    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> Bool? {
        guard oid == PostgresType.bool.oid else { return nil }
        return bytes.bigEndian(UInt8.self).map { $0 != 0 }
    }
}

extension Int64: PostgresDecodable {
    /// Reads any of the three integer types.
    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> Int64? {
        switch oid {
        case PostgresType.int8.oid: bytes.bigEndian(Int64.self)
        case PostgresType.int4.oid: bytes.bigEndian(Int32.self).map(Int64.init)
        case PostgresType.int2.oid: bytes.bigEndian(Int16.self).map(Int64.init)
        default: nil
        }
    }
}

extension Int: PostgresDecodable {
    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> Int? {
        Int64.decode(bytes, type: oid).map(Int.init)
    }
}

extension Int32: PostgresDecodable {
    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> Int32? {
        guard oid == PostgresType.int4.oid else { return nil }
        return bytes.bigEndian(Int32.self)
    }
}

extension Double: PostgresDecodable {
    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> Double? {
        guard oid == PostgresType.float8.oid else { return nil }
        return bytes.bigEndian(UInt64.self).map(Double.init(bitPattern:))
    }
}

extension UUID: PostgresDecodable {
    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> UUID? {
        guard oid == PostgresType.uuid.oid, bytes.byteCount == 16 else { return nil }
        return UUID(uuid: bytes.unsafeLoadUnaligned(as: uuid_t.self))
    }
}

extension String: PostgresDecodable {
    /// Reads text, names, `char`, json and jsonb.
    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> String? {
        switch oid {
        case 18, 19, 25, 114, 1042, 1043, 705:
            bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        case 3802:  // jsonb: one byte of version before the text
            bytes.withUnsafeBytes { String(decoding: $0.dropFirst(), as: UTF8.self) }
        default: nil
        }
    }
}

extension [UInt8]: PostgresDecodable {
    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> [UInt8]? {
        guard oid == PostgresType.bytea.oid else { return nil }
        return bytes.withUnsafeBytes { [UInt8]($0) }
    }
}

/// A one-dimensional `text[]` without nulls.
package struct TextArray: Sendable, PostgresDecodable {
    package var values: [String]

    package static func decode(_ bytes: RawSpan, type oid: UInt32) -> TextArray? {
        guard oid == PostgresType.text.array, bytes.byteCount >= 12 else { return nil }
        func integer(_ place: Int) -> Int? {
            guard bytes.byteCount - place >= 4 else { return nil }
            return Int(
                Int32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: place, as: Int32.self))
            )
        }
        guard let dimensions = integer(0), dimensions > 0 else { return TextArray(values: []) }
        guard dimensions == 1, let count = integer(12), count >= 0 else { return nil }
        var values: [String] = []
        values.reserveCapacity(count)
        var place = 20
        for _ in 0..<count {
            guard let length = integer(place), length >= 0,
                bytes.byteCount - place - 4 >= length
            else { return nil }
            let text = bytes.extracting(place + 4..<place + 4 + length)
            values.append(text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
            place += 4 + length
        }
        return TextArray(values: values)
    }
}
