import Foundation

/// The values of one `SearchKey` for the runs of a block, in the order of its rows.
package enum RunColumn: Sendable, Hashable {
    case numbers(NumberColumn)
    case texts(TextColumn)
    case ids(IDColumn)

    /// Rough size in memory, bytes.
    package var byteCount: Int {
        switch self {
        case .numbers(let column): column.values.count * 9
        case .texts(let column):
            column.codes.count * 4
                + column.dictionary.reduce(0) {
                    $0 + 26 + ($1.utf8.count > 15 ? $1.utf8.count + 32 : 0)
                }
        case .ids(let column): column.ids.count * 16
        }
    }
}

/// Numbers, some of them missing.
package struct NumberColumn: Sendable {
    /// 0 where nothing is present.
    package var values: [Double]
    package var isPresent: [Bool]

    package init(values: [Double], isPresent: [Bool]) {
        self.values = values
        self.isPresent = isPresent
    }

    package init(missing count: Int) {
        values = [Double](repeating: 0, count: count)
        isPresent = [Bool](repeating: false, count: count)
    }
}

extension NumberColumn: Hashable {
    /// By bits, so that NaN equals itself.
    package static func == (left: NumberColumn, right: NumberColumn) -> Bool {
        left.isPresent == right.isPresent
            && left.values.elementsEqual(right.values) { $0.bitPattern == $1.bitPattern }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(isPresent) }
}

/// Texts, by their place among the distinct ones.
package struct TextColumn: Sendable, Hashable {
    /// Place in the dictionary; -1 where nothing is present.
    package var codes: [Int32]
    /// Each distinct text once, in the order of their bytes.
    package var dictionary: [String]
    /// The number each text reads as; NaN with `isNumber` false when it reads as none.
    package let numbers: [Double]
    package let isNumber: [Bool]

    package init(codes: [Int32], dictionary: [String]) {
        self.codes = codes
        self.dictionary = dictionary
        let read = dictionary.map { NumberText.number($0) }
        numbers = read.map { $0 ?? 0 }
        isNumber = read.map { $0 != nil }
    }

    /// Texts of rows; nil for a missing one.
    package init(_ texts: [String?]) {
        let distinct = Set(texts.compactMap(\.self).map(ByteText.init)).sorted()
        let places = Dictionary(
            uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) }
        )
        self.init(
            codes: texts.map { text in text.flatMap { places[ByteText(text: $0)] } ?? -1 },
            dictionary: distinct.map(\.text)
        )
    }

    package func text(_ row: Int) -> String? {
        let code = codes[row]
        return code < 0 ? nil : dictionary[Int(code)]
    }

    package static func == (left: TextColumn, right: TextColumn) -> Bool {
        left.codes == right.codes
            && left.dictionary.elementsEqual(right.dictionary) { $0.utf8.elementsEqual($1.utf8) }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(codes) }
}

/// A text compared byte by byte: texts that only look alike stay apart.
package struct ByteText: Hashable, Comparable {
    package let text: String

    package init(text: String) { self.text = text }

    package static func == (left: ByteText, right: ByteText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package static func < (left: ByteText, right: ByteText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// The ids of the runs of a block, ascending.
package struct IDColumn: Sendable, Hashable {
    package var ids: [RunKey]

    package init(ids: [RunKey]) { self.ids = ids }

    /// The row of a run; nil when it is not here.
    package func row(of id: RunKey) -> Int? {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id ? low : nil
    }
}

/// A run's id as two words, which compare as the id's bytes do.
package struct RunKey: Sendable, Hashable, Comparable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package init(_ id: RunID) {
        let b = id.uuid.uuid
        high = Self.word(b.0, b.1, b.2, b.3, b.4, b.5, b.6, b.7)
        low = Self.word(b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15)
    }

    package var runID: RunID {
        let h = (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64($0))) }
        let l = (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64($0))) }
        return RunID(
            UUID(
                uuid: (
                    h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7],
                    l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[7]
                )
            )
        )
    }

    package static func < (left: RunKey, right: RunKey) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    // Eight bytes, most significant first.
    private static func word(
        _ a: UInt8,
        _ b: UInt8,
        _ c: UInt8,
        _ d: UInt8,
        _ e: UInt8,
        _ f: UInt8,
        _ g: UInt8,
        _ h: UInt8
    ) -> UInt64 {
        let upper = UInt64(a) << 56 | UInt64(b) << 48 | UInt64(c) << 40 | UInt64(d) << 32
        return upper | UInt64(e) << 24 | UInt64(f) << 16 | UInt64(g) << 8 | UInt64(h)
    }
}
