extension RunFilter {
    /// The keys that `mask` reads.
    package var keys: Set<SearchKey> { Set(names.flatMap(SearchKey.chain)) }

    /// Which rows of a block pass: the same answer as `matches` gives for each run.
    package func mask(_ block: SearchBlock) -> [Bool] {
        var fields: [String: FieldVector] = [:]
        for name in names { fields[name] = block.field(SearchKey.chain(for: name)) }
        return root.mask(fields, block.count)
    }
}

extension RunFilter.Node {
    func mask(_ fields: [String: FieldVector], _ count: Int) -> [Bool] {
        switch self {
        case .and(let nodes):
            var mask = [Bool](repeating: true, count: count)
            for node in nodes {
                let other = node.mask(fields, count)
                for row in mask.indices where !other[row] { mask[row] = false }
            }
            return mask
        case .or(let nodes):
            var mask = [Bool](repeating: false, count: count)
            for node in nodes {
                let other = node.mask(fields, count)
                for row in mask.indices where other[row] { mask[row] = true }
            }
            return mask
        case .not(let node): return node.mask(fields, count).map { !$0 }
        case .compare(let left, let comparison, let right):
            return Comparing(left, comparison, right, fields, count).mask()
        }
    }
}

/// One comparison over all rows of a block; the rules are those of `RunFilter.Comparison.holds`.
private struct Comparing {
    let left: RunFilter.Operand
    let comparison: RunFilter.Comparison
    let right: RunFilter.Operand
    let fields: [String: FieldVector]
    let count: Int

    init(
        _ left: RunFilter.Operand,
        _ comparison: RunFilter.Comparison,
        _ right: RunFilter.Operand,
        _ fields: [String: FieldVector],
        _ count: Int
    ) {
        self.left = left
        self.comparison = comparison
        self.right = right
        self.fields = fields
        self.count = count
    }

    func mask() -> [Bool] {
        var mask = [Bool](repeating: false, count: count)
        // Rows that are left to be compared as texts.
        var isOpen = [Bool](repeating: true, count: count)
        let word = right.text({ _ in nil }, isLiteral: true)
        if comparison != .contains {
            let wordNumber = word.flatMap { NumberText.number($0) }
            let (left, right) = (numbers(left), numbers(right))
            for row in mask.indices {
                guard let first = left[row], let second = right[row] ?? wordNumber else { continue }
                isOpen[row] = false
                mask[row] = comparison.compare(first, second)
            }
        }
        guard comparison.takesText, let word else { return mask }
        let passes = texts(word)
        switch left {
        case .arithmetic(.name(let name)):
            let rows = fields[name]?.rows(isOpen, passes) ?? []
            for row in rows.indices where rows[row] { mask[row] = true }
        default:
            guard let text = left.text({ _ in nil }, isLiteral: false) else { return mask }
            let isPassed = passes(text)
            for row in mask.indices where isOpen[row] { mask[row] = isPassed }
        }
        return mask
    }

    private func texts(_ word: String) -> (String) -> Bool {
        let lowered = word.lowercased()
        return switch comparison {
        case .equal: { $0 == word }
        case .notEqual: { $0 != word }
        default: { $0.lowercased().contains(lowered) }
        }
    }

    private func numbers(_ operand: RunFilter.Operand) -> NumberVector {
        guard case .arithmetic(let value) = operand else { return .constant(nil) }
        return NumberVector(value, fields, count)
    }
}

/// The value of an arithmetic expression in every row.
private enum NumberVector {
    case constant(Double?)
    case rows([Double], isPresent: [Bool])

    init(_ value: Arithmetic, _ fields: [String: FieldVector], _ count: Int) {
        let names = value.names
        switch value {
        case .name(let name):
            self = fields[name].map { .rows($0.numbers, isPresent: $0.isNumber) } ?? .constant(nil)
        case _ where names.isEmpty: self = .constant(value.evaluate { _ in nil })
        default:
            var values = [Double](repeating: 0, count: count)
            var isPresent = [Bool](repeating: false, count: count)
            for row in values.indices {
                let result = value.evaluate { name in
                    guard let field = fields[name], field.isNumber[row] else { return nil }
                    return field.numbers[row]
                }
                guard let result else { continue }
                values[row] = result
                isPresent[row] = true
            }
            self = .rows(values, isPresent: isPresent)
        }
    }

    subscript(row: Int) -> Double? {
        switch self {
        case .constant(let value): value
        case .rows(let values, let isPresent): isPresent[row] ? values[row] : nil
        }
    }
}
