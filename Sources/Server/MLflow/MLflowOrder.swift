import Runs

/// One term of MLflow's `order_by`: `metrics.loss DESC`.
struct MLflowOrder: Hashable {
    let identifier: MLflowFilter.Identifier
    let isAscending: Bool

    init(parsing text: String, of subject: MLflowFilter.Subject) throws(MLflowError) {
        var tokens = try MLflowFilterLexer.tokens(of: text)
        var isAscending = true
        if tokens.count == 2 {
            guard case .word(let word, nil) = tokens.removeLast(),
                ["ASC", "DESC"].contains(word.uppercased())
            else {
                throw .invalid("Invalid ordering key in order_by clause '\(text.prefix(200))'.")
            }
            isAscending = word.uppercased() == "ASC"
        }
        guard tokens.count == 1 else { throw Self.invalid(text) }
        switch tokens[0] {
        case .word(let word, let part):
            identifier = try .init(word: word, quotedPart: part, of: subject, forOrder: true)
        case .text(let word, let mark) where mark == "`":
            identifier = try .init(
                word: "attribute",
                quotedPart: word,
                of: subject,
                forOrder: true
            )
        case .text, .sign: throw Self.invalid(text)
        }
        guard identifier.entity != .dataset else { throw Self.invalid(text) }
        self.isAscending = isAscending
    }

    static func parse(
        _ texts: [String],
        of subject: MLflowFilter.Subject = .runs
    ) throws(MLflowError) -> [MLflowOrder] {
        var orders: [MLflowOrder] = []
        for text in texts {
            let order = try MLflowOrder(parsing: text, of: subject)
            guard !orders.contains(where: { $0.identifier == order.identifier }) else {
                throw .invalid("`order_by` contains duplicate fields: '\(text.prefix(200))'")
            }
            orders.append(order)
        }
        return orders
    }

    /// Whether left stands before right; nil when the term does not tell. Numbers stand before NaN,
    /// and NaN before what is missing, in both directions.
    func precedes(_ left: SearchSortValue, _ right: SearchSortValue) -> Bool? {
        guard left.rank == right.rank else { return left.rank < right.rank }
        switch (left, right) {
        case (.number(let left), .number(let right)) where left != right:
            return (left < right) == isAscending
        case (.text(let left), .text(let right)) where left != right:
            return (left < right) == isAscending
        default: return nil
        }
    }

    private static func invalid(_ text: String) -> MLflowError {
        .invalid("Invalid order_by clause '\(text.prefix(200))'. Could not be parsed.")
    }
}
