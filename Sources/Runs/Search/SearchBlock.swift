/// Some runs of one project by column, in the order of their ids. Only the columns that a search
/// reads are there; a key without a column is missing in every run of the block.
package struct SearchBlock: Sendable {
    package let projectID: ProjectID
    package let ids: IDColumn
    /// False where a row no longer says what its run is.
    package var isShown: [Bool]
    package var columns: [SearchKey: RunColumn]

    package init(
        projectID: ProjectID,
        ids: IDColumn,
        isShown: [Bool]? = nil,
        columns: [SearchKey: RunColumn]
    ) {
        self.projectID = projectID
        self.ids = ids
        self.isShown = isShown ?? [Bool](repeating: true, count: ids.ids.count)
        self.columns = columns
    }

    package var count: Int { ids.ids.count }

    package func column(_ key: SearchKey) -> RunColumn? {
        key == .attribute(.id) ? .ids(ids) : columns[key]
    }

    /// What a chain of keys gives in each row.
    package func field(_ chain: [SearchKey]) -> FieldVector {
        FieldVector(parts: chain.compactMap { column($0) }, count: count)
    }
}

/// One name of a query in every row of a block: of its columns the first that a row has.
package struct FieldVector: Sendable {
    package let parts: [RunColumn]
    /// Which part a row reads; `none` when it has no value.
    package private(set) var sources: [UInt8]
    /// 0 where the value is no number.
    package private(set) var numbers: [Double]
    package private(set) var isNumber: [Bool]

    package static let none = UInt8.max

    init(parts: [RunColumn], count: Int) {
        self.parts = parts
        sources = [UInt8](repeating: Self.none, count: count)
        numbers = [Double](repeating: 0, count: count)
        isNumber = [Bool](repeating: false, count: count)
        for (index, part) in parts.enumerated() { take(part, UInt8(index)) }
    }

    private mutating func take(_ part: RunColumn, _ index: UInt8) {
        switch part {
        case .numbers(let column):
            for row in sources.indices
            where sources[row] == Self.none && column.isPresent[row] {
                sources[row] = index
                numbers[row] = column.values[row]
                isNumber[row] = true
            }
        case .texts(let column):
            for row in sources.indices
            where sources[row] == Self.none && column.codes[row] >= 0 {
                let code = Int(column.codes[row])
                sources[row] = index
                numbers[row] = column.numbers[code]
                isNumber[row] = column.isNumber[code]
            }
        case .ids(let column):
            for row in sources.indices where sources[row] == Self.none {
                sources[row] = index
                if let number = NumberText.number(column.ids[row].hex) {
                    numbers[row] = number
                    isNumber[row] = true
                }
            }
        }
    }

    package func text(_ row: Int) -> String? {
        guard sources[row] != Self.none else { return nil }
        switch parts[Int(sources[row])] {
        case .numbers(let column): return NumberText.text(column.values[row])
        case .texts(let column): return column.text(row)
        case .ids(let column): return column.ids[row].hex
        }
    }

    /// Which of the chosen rows have a text that passes; texts that occur often are asked once.
    package func rows(
        _ isChosen: [Bool],
        _ passes: (String) -> Bool
    ) -> [Bool] {
        var rows = [Bool](repeating: false, count: sources.count)
        for (index, part) in parts.enumerated() {
            guard case .texts(let column) = part else { continue }
            var answers = [UInt8](repeating: 2, count: column.dictionary.count)
            for row in rows.indices where isChosen[row] && sources[row] == UInt8(index) {
                let code = Int(column.codes[row])
                if answers[code] == 2 { answers[code] = passes(column.dictionary[code]) ? 1 : 0 }
                rows[row] = answers[code] == 1
            }
        }
        for row in rows.indices where isChosen[row] && sources[row] != Self.none {
            if case .texts = parts[Int(sources[row])] { continue }
            if let text = text(row) { rows[row] = passes(text) }
        }
        return rows
    }
}

extension RunKey {
    /// 32 lowercase hexadecimal digits.
    package var hex: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for word in [high, low] {
            for shift in stride(from: UInt64(60), through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: word >> shift & 15)
                bytes.append(
                    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
                )
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
