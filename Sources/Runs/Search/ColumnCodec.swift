/// The stored form of a `RunColumn`.
///
/// ```
/// column   := kind rows(varint) presence values
/// presence := 0 | 1 bitmap | 2 count(varint) row(varint, as the distance from the row before)
/// values   := of the rows that are present: doubles, or a dictionary and codes, or ids
/// ```
package enum ColumnCodec {
    /// No block is larger; decoding refuses what claims to be.
    package static let rowLimit = 1 << 16

    private enum Kind: UInt8 { case numbers = 1, texts, ids }

    package static func encode(_ column: RunColumn) -> [UInt8] {
        var bytes: [UInt8] = []
        switch column {
        case .numbers(let column):
            begin(.numbers, column.isPresent, &bytes)
            for (value, isPresent) in zip(column.values, column.isPresent) where isPresent {
                bytes.appendWord(value.bitPattern)
            }
        case .texts(let column):
            begin(.texts, column.codes.map { $0 >= 0 }, &bytes)
            bytes.appendVarint(UInt64(column.dictionary.count))
            for text in column.dictionary {
                bytes.appendVarint(UInt64(text.utf8.count))
                bytes.append(contentsOf: text.utf8)
            }
            let isWide = column.dictionary.count > 256
            for code in column.codes where code >= 0 {
                bytes.append(UInt8(truncatingIfNeeded: code))
                if isWide { bytes.append(UInt8(truncatingIfNeeded: code >> 8)) }
            }
        case .ids(let column):
            begin(.ids, column.ids.map { _ in true }, &bytes)
            for id in column.ids {
                bytes.appendWord(id.high)
                bytes.appendWord(id.low)
            }
        }
        return bytes
    }

    /// nil when the bytes are not a column.
    package static func decode(_ bytes: [UInt8]) -> RunColumn? {
        var reader = ByteReader(bytes, from: 0)
        guard let kind = reader.byte().flatMap(Kind.init(rawValue:)),
            let count = reader.varint(), count <= UInt64(rowLimit),
            let isPresent = presence(Int(count), &reader)
        else { return nil }
        let column: RunColumn?
        switch kind {
        case .numbers: column = numbers(isPresent, &reader)
        case .texts: column = texts(isPresent, &reader)
        case .ids: column = ids(isPresent, &reader)
        }
        return reader.isAtEnd ? column : nil
    }

    private static func begin(_ kind: Kind, _ isPresent: [Bool], _ bytes: inout [UInt8]) {
        bytes.append(kind.rawValue)
        bytes.appendVarint(UInt64(isPresent.count))
        let present = isPresent.count { $0 }
        if present == isPresent.count {
            bytes.append(0)
        } else if present < isPresent.count / 12 {
            bytes.append(2)
            bytes.appendVarint(UInt64(present))
            var before = 0
            for (row, isPresent) in isPresent.enumerated() where isPresent {
                bytes.appendVarint(UInt64(row - before))
                before = row
            }
        } else {
            bytes.append(1)
            bytes.append(contentsOf: RowBits.encode(isPresent))
        }
    }

    private static func presence(_ count: Int, _ reader: inout ByteReader) -> [Bool]? {
        switch reader.byte() {
        case 0: return [Bool](repeating: true, count: count)
        case 1: return reader.bytes((count + 7) / 8).map { RowBits.decode($0, count: count) }
        case 2:
            var isPresent = [Bool](repeating: false, count: count)
            guard let present = reader.varint(), present <= UInt64(count) else { return nil }
            var row: UInt64 = 0
            for _ in 0..<present {
                guard let distance = reader.varint(), distance <= UInt64(count),
                    row + distance < UInt64(count)
                else { return nil }
                row += distance
                isPresent[Int(row)] = true
            }
            return isPresent
        default: return nil
        }
    }

    private static func numbers(_ isPresent: [Bool], _ reader: inout ByteReader) -> RunColumn? {
        guard let words = reader.words(isPresent.count { $0 }) else { return nil }
        var values = [Double](repeating: 0, count: isPresent.count)
        var next = 0
        for row in isPresent.indices where isPresent[row] {
            values[row] = Double(bitPattern: words[next])
            next += 1
        }
        return .numbers(NumberColumn(values: values, isPresent: isPresent))
    }

    private static func texts(_ isPresent: [Bool], _ reader: inout ByteReader) -> RunColumn? {
        guard let distinct = reader.varint(), distinct <= UInt64(rowLimit) else { return nil }
        var dictionary: [String] = []
        for _ in 0..<distinct {
            guard let length = reader.varint(), length < 1 << 31,
                let bytes = reader.bytes(Int(length))
            else { return nil }
            dictionary.append(String(decoding: bytes, as: UTF8.self))
        }
        let isWide = distinct > 256
        var codes = [Int32](repeating: -1, count: isPresent.count)
        for row in isPresent.indices where isPresent[row] {
            guard let low = reader.byte(), let high = isWide ? reader.byte() : 0 else { return nil }
            let code = Int32(low) | Int32(high) << 8
            guard code < Int32(distinct) else { return nil }
            codes[row] = code
        }
        return .texts(TextColumn(codes: codes, dictionary: dictionary))
    }

    private static func ids(_ isPresent: [Bool], _ reader: inout ByteReader) -> RunColumn? {
        guard let words = reader.words(2 * isPresent.count) else { return nil }
        let ids = isPresent.indices.map { RunKey(high: words[2 * $0], low: words[2 * $0 + 1]) }
        return .ids(IDColumn(ids: ids))
    }
}

/// One bit a row, the first row in the lowest bit.
package enum RowBits {
    package static func encode(_ rows: [Bool]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (rows.count + 7) / 8)
        for (row, isSet) in rows.enumerated() where isSet { bytes[row / 8] |= 1 << (row % 8) }
        return bytes
    }

    /// Rows beyond the bytes are false.
    package static func decode(_ bytes: some RandomAccessCollection<UInt8>, count: Int) -> [Bool] {
        var rows = [Bool](repeating: false, count: count)
        for (place, byte) in bytes.enumerated() where byte != 0 {
            for bit in 0..<8 where byte & 1 << bit != 0 && 8 * place + bit < count {
                rows[8 * place + bit] = true
            }
        }
        return rows
    }
}
