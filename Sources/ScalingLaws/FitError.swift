import Foundation

/// Why a law cannot be fitted on the runs given, with the numbers a person needs to change that.
package enum FitError: Error, Sendable, Hashable {
    /// Runs that carry every input, after rows with unusable values were set aside.
    case tooFewRuns(needed: Int, found: Int, leftOut: Int)
    /// A cell is one (model size, token count) pair with enough runs in it.
    case tooFewCells(needed: Int, found: Int, tooSmall: Int)
    /// Cells exist but none has this many different values of one input.
    case tooFewValues(input: String, needed: Int, found: Int)
    /// Runs differ too little in one input for the law's form.
    case fewValues(input: String, needed: Int, found: Int)
    /// The input takes one value only, so its exponent is not identified.
    case noSpread(input: String, value: Double)
    /// Model size and token count move together in every cell: only a mix of their exponents is.
    case confounded(first: String, second: String)
    /// A slice is one (model size, tokens, batch) with a swept learning rate.
    case tooFewSlices(needed: Int, found: Int)
    case singular(stage: String)
    /// Fewer runs than the law has to have, after unusable ones were set aside.
    case notEnough(law: String, needed: Int, found: Int, needs: String, leftOut: Int)
    /// The data leave this parameter open: its interval spans values of different consequence.
    case unidentified(parameter: String, low: Double, high: Double, advice: String)
    /// A loss curve that nothing can be forecast from; the reason has numbers and says what to do.
    case unusableCurve(reason: String)
    case didNotConverge(starts: Int)
    case unknownPrior(id: String, known: [String])
    case cancelled

    package var message: String {
        switch self {
        case .tooFewRuns(let needed, let found, let leftOut):
            "The law needs at least \(needed) finished runs with model size, tokens, learning rate,"
                + " batch and loss; \(found) qualify"
                + (leftOut > 0 ? " and \(leftOut) were left out for unusable values." : ".")
                + " Log the missing values or map their names in the project's roles."
        case .tooFewCells(let needed, let found, let tooSmall):
            "The law needs at least \(needed) cells, that is (model size, tokens) pairs with at"
                + " least \(CellRules.minimumRunCount) runs at \(CellRules.minimumRateCount)"
                + " learning rates and \(CellRules.minimumBatchCount) batch sizes; \(found) have"
                + " that and \(tooSmall) have less. Add runs to the small cells or sweep more sizes"
                + " and token counts."
        case .tooFewValues(let input, let needed, let found):
            "The best-sampled cell has \(found) different values of \(input); the law needs"
                + " \(needed) in a cell. Sweep more of them at one model size and token count."
        case .fewValues(let input, let needed, let found):
            "The runs have \(found) different values of \(input), counting those at least 1.2 times"
                + " apart; the law needs \(needed). Add runs at other values."
        case .noSpread(let input, let value):
            "Every cell has \(input) = \(value), so its exponent cannot be identified. Add cells"
                + " at another \(input), at least 1.5 times away."
        case .confounded(let first, let second):
            "\(first) and \(second) move together in every cell, so their exponents cannot be told"
                + " apart. Add a cell off that line: another \(second) at a size already swept."
        case .singular(let stage):
            "The equations of \(stage) have no single solution on these runs. Add runs at other"
                + " learning rates, batches, sizes or token counts."
        case .tooFewSlices(let needed, let found):
            "The law needs at least \(needed) slices, that is runs at one model size, token count and"
                + " batch with four learning rates or more and the best one not at an end; \(found)"
                + " were found. Sweep the learning rate at more batches, or use the law step-law."
        case .notEnough(let law, let needed, let found, let needs, let leftOut):
            "\(law) needs at least \(needed) finished runs with \(needs); \(found) qualify"
                + (leftOut > 0 ? " and \(leftOut) were left out for unusable values." : ".")
                + " Log the missing values or map their names in the project's roles."
        case .unidentified(let parameter, let low, let high, let advice):
            "These runs do not determine \(parameter): anything from \(Self.short(low)) to"
                + " \(Self.short(high)) fits them. \(advice)"
        case .unusableCurve(let reason): reason
        case .didNotConverge(let starts):
            "No minimum was found from \(starts) starting points. Look for runs with wrong units or"
                + " swapped columns; the law may also have the wrong form for these runs."
        case .unknownPrior(let id, let known):
            "There are no published constants \(id.prefix(80)) of this law; there are "
                + (known.isEmpty ? "none." : known.joined(separator: ", ") + ".")
        case .cancelled:
            "The fit was cancelled."
        }
    }

    private static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}

/// Why a fit cannot answer for a target.
package enum RecommendError: Error, Sendable, Hashable {
    case invalidTarget(field: String, given: Double, expected: String)
    /// The question lacks a quantity that the law needs.
    case missing(field: String, meaning: String)
    /// The law has no answer here; the reason has numbers and says what to do.
    case refused(field: String, reason: String)
    /// The answer itself is not a usable number.
    case outOfRange(field: String, value: Double)

    package var field: String {
        switch self {
        case .invalidTarget(let field, _, _), .outOfRange(let field, _),
            .missing(let field, _), .refused(let field, _):
            field
        }
    }

    package var message: String {
        switch self {
        case .invalidTarget(let field, let given, let expected):
            "\(field) must be \(expected); it was \(given)."
        case .missing(let field, let meaning):
            "The question needs \(field): \(meaning)."
        case .refused(_, let reason): reason
        case .outOfRange(let field, let value):
            "The law gives \(field) = \(value) for this target, which no training can use. Choose a"
                + " target nearer to the data."
        }
    }
}
