/// How the runs of a search are sorted: by terms, then by id, so that the order is total and a page
/// continues exactly where the last one ended.
package struct SearchOrder: Sendable, Hashable {
    package struct Term: Sendable, Hashable {
        package var chain: [SearchKey]
        package var isAscending: Bool
        /// Whether texts are read as numbers where they can be.
        package var readsNumbers: Bool

        package init(chain: [SearchKey], isAscending: Bool, readsNumbers: Bool) {
            self.chain = chain
            self.isAscending = isAscending
            self.readsNumbers = readsNumbers
        }
    }

    package var terms: [Term]

    package init(terms: [Term]) { self.terms = terms }

    package var keys: Set<SearchKey> { Set(terms.flatMap(\.chain)) }
}

/// What a run is sorted by in one term. Numbers stand before texts, these before NaN, and a missing
/// value last, in both directions.
package enum SearchSortValue: Sendable, Hashable, Codable {
    case number(Double)
    case text(String)
    case notNumber
    case missing

    package var rank: UInt8 {
        switch self {
        case .number: 0
        case .text: 1
        case .notNumber: 2
        case .missing: 3
        }
    }
}

/// Where a page ended: what its last run was sorted by. Only good with the same order.
package struct SearchCursor: Sendable, Hashable, Codable {
    package var values: [SearchSortValue]
    package var id: RunID

    package init(values: [SearchSortValue], id: RunID) {
        self.values = values
        self.id = id
    }
}

/// The sort values of candidates, by term, laid out for comparing.
struct SortTable {
    private struct Column {
        var isAscending: Bool
        var ranks: [UInt8] = []
        /// Negated where the order descends.
        var numbers: [Double] = []
        /// Empty unless some value is a text.
        var texts: [String] = []

        mutating func append(_ value: SearchSortValue) {
            ranks.append(value.rank)
            if case .number(let number) = value {
                numbers.append(isAscending ? number : -number)
            } else {
                numbers.append(0)
            }
            if case .text(let text) = value {
                pad(to: ranks.count - 1)
                texts.append(text)
            } else if !texts.isEmpty {
                texts.append("")
            }
        }

        mutating func pad(to count: Int) {
            while texts.count < count { texts.append("") }
        }
    }

    private var columns: [Column]
    private(set) var ids: [RunKey] = []

    init(_ order: SearchOrder) {
        columns = order.terms.map { Column(isAscending: $0.isAscending) }
    }

    var count: Int { ids.count }

    mutating func append(_ cursor: SearchCursor) {
        for (index, value) in cursor.values.enumerated() where index < columns.count {
            columns[index].append(value)
        }
        ids.append(RunKey(cursor.id))
    }

    mutating func append(_ rows: [Int], of block: SearchBlock, _ order: SearchOrder) {
        for (index, term) in order.terms.enumerated() {
            let field = block.field(term.chain)
            columns[index].ranks.reserveCapacity(columns[index].ranks.count + rows.count)
            columns[index].numbers.reserveCapacity(columns[index].numbers.count + rows.count)
            for row in rows { columns[index].append(Self.value(field, row, term)) }
        }
        for row in rows { ids.append(block.ids.ids[row]) }
    }

    func cursor(at place: Int) -> SearchCursor {
        let values = columns.map { column -> SearchSortValue in
            switch column.ranks[place] {
            case 0: .number(column.isAscending ? column.numbers[place] : -column.numbers[place])
            case 1: .text(column.texts[place])
            case 2: .notNumber
            default: .missing
            }
        }
        return SearchCursor(values: values, id: ids[place].runID)
    }

    /// Whether the first stands before the second.
    func isBefore(_ first: Int, _ second: Int) -> Bool {
        for column in columns {
            let (left, right) = (column.ranks[first], column.ranks[second])
            if left != right { return left < right }
            if left == 0 {
                let (left, right) = (column.numbers[first], column.numbers[second])
                if left != right { return left < right }
            } else if left == 1 {
                let (left, right) = (column.texts[first], column.texts[second])
                if left != right { return (left < right) == column.isAscending }
            }
        }
        return ids[first] < ids[second]
    }

    private static func value(
        _ field: FieldVector,
        _ row: Int,
        _ term: SearchOrder.Term
    ) -> SearchSortValue {
        let source = field.sources[row]
        guard source != FieldVector.none else { return .missing }
        let isText = if case .numbers = field.parts[Int(source)] { false } else { true }
        if !isText || term.readsNumbers, field.isNumber[row] {
            let number = field.numbers[row]
            return number.isNaN ? .notNumber : .number(number)
        }
        return field.text(row).map(SearchSortValue.text) ?? .missing
    }
}
