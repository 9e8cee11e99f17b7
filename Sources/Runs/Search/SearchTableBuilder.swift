/// Collects rows into columns. Runs are appended in the order of their ids.
package struct SearchTableBuilder {
    private struct Numbers {
        var rows: [Int32] = []
        var values: [Double] = []
    }

    struct Texts {
        var rows: [Int32] = []
        var codes: [Int32] = []
        var places: [ByteText: Int32] = [:]
        var dictionary: [String] = []
    }

    private var ids: [RunKey] = []
    private var numbers: [SearchKey: Numbers] = [:]
    private var texts: [SearchKey: Texts] = [:]
    /// Values taken so far.
    package private(set) var cellCount = 0

    package init() {}

    package var count: Int { ids.count }

    /// Begins the row of a run; what is set next belongs to it, or names an earlier row.
    @discardableResult
    package mutating func append(_ id: RunID) -> Int {
        ids.append(RunKey(id))
        return ids.count - 1
    }

    package mutating func set(_ key: SearchKey, _ row: Int, _ value: Double?) {
        guard let value else { return }
        numbers[key, default: Numbers()].rows.append(Int32(row))
        numbers[key]?.values.append(value)
        cellCount += 1
    }

    package mutating func set(_ key: SearchKey, _ row: Int, _ value: String?) {
        guard let value else { return }
        texts[key, default: Texts()].add(row, value)
        cellCount += 1
    }

    /// Everything as a block; a value set twice is as it was set last.
    package func block(_ projectID: ProjectID) -> SearchBlock {
        var columns: [SearchKey: RunColumn] = [:]
        for (key, collected) in numbers {
            var column = NumberColumn(missing: ids.count)
            for (row, value) in zip(collected.rows, collected.values) {
                column.values[Int(row)] = value
                column.isPresent[Int(row)] = true
            }
            columns[key] = .numbers(column)
        }
        for (key, collected) in texts { columns[key] = .texts(collected.column(ids.count)) }
        return SearchBlock(projectID: projectID, ids: IDColumn(ids: ids), columns: columns)
    }
}

extension SearchTableBuilder.Texts {
    mutating func add(_ row: Int, _ text: String) {
        let key = ByteText(text: text)
        let code: Int32
        if let known = places[key] {
            code = known
        } else {
            code = Int32(dictionary.count)
            places[key] = code
            dictionary.append(text)
        }
        rows.append(Int32(row))
        codes.append(code)
    }

    func column(_ count: Int) -> TextColumn {
        let sorted = dictionary.indices.sorted {
            dictionary[$0].utf8.lexicographicallyPrecedes(dictionary[$1].utf8)
        }
        var renumbered = [Int32](repeating: 0, count: dictionary.count)
        for (new, old) in sorted.enumerated() { renumbered[old] = Int32(new) }
        var all = [Int32](repeating: -1, count: count)
        for (row, code) in zip(rows, codes) { all[Int(row)] = renumbered[Int(code)] }
        return TextColumn(codes: all, dictionary: sorted.map { dictionary[$0] })
    }
}
