import Runs
import Storage

/// A filter over packed runs: the columns it reads, and which rows of a block pass.
extension MLflowFilter {
    var keys: Set<SearchKey> { Set(conditions.compactMap(\.identifier.searchKey)) }

    /// `datasets` holds the runs that meet each condition on datasets.
    func mask(
        _ block: SearchBlock,
        in project: Project,
        datasets: [Condition: Set<RunKey>] = [:]
    ) -> [Bool] {
        var mask = block.isShown
        for condition in conditions {
            if condition.identifier.entity == .dataset {
                let runs = datasets[condition] ?? []
                for row in mask.indices where mask[row] {
                    mask[row] = runs.contains(block.ids.ids[row])
                }
                continue
            }
            let passes = condition.mask(block, mask, project)
            for row in mask.indices where !passes[row] { mask[row] = false }
        }
        return mask
    }

    var datasetConditions: [Condition] { conditions.filter { $0.identifier.entity == .dataset } }
}

extension MLflowFilter.Condition {
    /// Whether a dataset of a run meets it.
    func holds(for dataset: DatasetUseKey) -> Bool {
        let text =
            switch identifier.key {
            case "name": dataset.name
            case "digest": dataset.digest
            default: dataset.use
            }
        return test.holds(for: text.map { .text($0) } ?? .missing)
    }
}

extension MLflowFilter.Identifier {
    /// The column it reads; nil for what follows from project and run id alone.
    var searchKey: SearchKey? {
        switch entity {
        case .metric: .metric(key)
        case .parameter: .param(key)
        // The name is kept once.
        case .tag: key == "mlflow.runName" ? .attribute(.name) : .tag(key)
        case .attribute: Self.attributes[key].map(SearchKey.attribute)
        case .dataset: nil
        }
    }

    private static let attributes: [String: SearchKey.Attribute] = [
        "run_id": .id, "run_name": .name, "name": .name, "status": .status, "user_id": .user,
        "start_time": .start, "end_time": .end,
    ]
}

extension MLflowFilter.Condition {
    /// Which of the chosen rows pass; others may say anything.
    fileprivate func mask(
        _ block: SearchBlock,
        _ isChosen: [Bool],
        _ project: Project
    ) -> [Bool] {
        guard let key = identifier.searchKey else { return computed(block, isChosen, project) }
        if case .attribute(.status) = key {
            return texts(block.field([key]), isChosen) { $0.uppercased() }
        }
        if case .attribute = key, identifier.isNumber {
            return numbers(block.column(key), block.count) { Double(Int64($0) / 1_000) }
        }
        if identifier.isNumber { return numbers(block.column(key), block.count) { $0 } }
        return texts(block.field([key]), isChosen) { $0 }
    }

    private func texts(
        _ field: FieldVector,
        _ isChosen: [Bool],
        _ shown: (String) -> String
    ) -> [Bool] {
        var rows = field.rows(isChosen) { test.holds(for: .text(shown($0))) }
        guard test.holds(for: .missing) else { return rows }
        for row in rows.indices where field.sources[row] == FieldVector.none { rows[row] = true }
        return rows
    }

    private func numbers(
        _ column: RunColumn?,
        _ count: Int,
        _ shown: (Double) -> Double
    ) -> [Bool] {
        var rows = [Bool](repeating: false, count: count)
        guard case .numbers(let column)? = column, case .number(let sign, let wanted) = test else {
            return rows
        }
        let compare = MLflowFilter.Test.comparison(sign)
        for row in rows.indices where column.isPresent[row] {
            rows[row] = compare(shown(column.values[row]), wanted)
        }
        return rows
    }

    private func computed(
        _ block: SearchBlock,
        _ isChosen: [Bool],
        _ project: Project
    ) -> [Bool] {
        var rows = isChosen
        for row in rows.indices where rows[row] {
            let text =
                identifier.key == "artifact_uri"
                ? project.artifactURI(of: block.ids.ids[row].runID) : String(project.experimentID)
            rows[row] = test.holds(for: .text(text))
        }
        return rows
    }
}

extension [MLflowOrder] {
    /// These terms, then the newest first.
    var searchOrder: SearchOrder {
        var terms = compactMap { order -> SearchOrder.Term? in
            // What follows from the id is sorted by it.
            let key = order.identifier.searchKey ?? .attribute(.id)
            return SearchOrder.Term(
                chain: [key],
                isAscending: order.isAscending,
                readsNumbers: false
            )
        }
        terms.append(
            SearchOrder.Term(
                chain: [.attribute(.start)],
                isAscending: false,
                readsNumbers: false
            )
        )
        return SearchOrder(terms: terms)
    }
}
