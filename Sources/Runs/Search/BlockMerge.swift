/// How full a block is.
package struct BlockFill: Sendable, Hashable {
    package var runCount: Int
    /// Rows that still say what their run is.
    package var shownCount: Int

    package init(runCount: Int, shownCount: Int) {
        self.runCount = runCount
        self.shownCount = shownCount
    }
}

/// Which blocks of a project are made one.
package enum MergeChoice {
    /// Indices of the blocks to be made one, none when all is well: four of a tier, a tier being a
    /// power of four in runs shown, as far as they fit in one block; else a block of which half is
    /// dead, alone.
    package static func blocks(_ fills: [BlockFill]) -> [Int] {
        let tiers = Dictionary(grouping: fills.indices) { tier(fills[$0].shownCount) }
        for (_, members) in tiers.sorted(by: { $0.key < $1.key }) where members.count >= 4 {
            var chosen: [Int] = []
            var total = 0
            for index in members.sorted(by: { fills[$0].shownCount < fills[$1].shownCount }) {
                guard total + fills[index].shownCount <= Limits.searchBlockRunCount else { break }
                total += fills[index].shownCount
                chosen.append(index)
            }
            if chosen.count >= 4 { return chosen }
        }
        return fills.indices.first { 2 * fills[$0].shownCount <= fills[$0].runCount }.map { [$0] }
            ?? []
    }

    private static func tier(_ count: Int) -> Int {
        var (tier, bound) = (0, 4)
        while count > bound {
            tier += 1
            bound *= 4
        }
        return tier
    }
}

/// Several blocks made one: their shown rows in the order of their ids.
package struct BlockMerge: Sendable {
    package let ids: IDColumn
    /// Where each row comes from.
    private let sources: [(block: Int, row: Int)]

    package init(_ blocks: [(ids: IDColumn, isShown: [Bool])]) {
        var rows: [(id: RunKey, block: Int, row: Int)] = []
        for (index, block) in blocks.enumerated() {
            for (row, id) in block.ids.ids.enumerated() where block.isShown[row] {
                rows.append((id, index, row))
            }
        }
        rows.sort { $0.id < $1.id }
        ids = IDColumn(ids: rows.map(\.id))
        sources = rows.map { ($0.block, $0.row) }
    }

    /// A key's columns in the blocks as one; nil when no shown row has it.
    package func column(_ columns: [RunColumn?]) -> RunColumn? {
        for case .texts? in columns { return texts(columns) }
        var merged = NumberColumn(missing: sources.count)
        var isEmpty = true
        for (row, source) in sources.enumerated() {
            guard case .numbers(let column)? = columns[source.block],
                column.isPresent[source.row]
            else { continue }
            merged.values[row] = column.values[source.row]
            merged.isPresent[row] = true
            isEmpty = false
        }
        return isEmpty ? nil : .numbers(merged)
    }

    private func texts(_ columns: [RunColumn?]) -> RunColumn? {
        let texts = sources.map { source -> String? in
            guard case .texts(let column)? = columns[source.block] else { return nil }
            return column.text(source.row)
        }
        return texts.contains { $0 != nil } ? .texts(TextColumn(texts)) : nil
    }
}
