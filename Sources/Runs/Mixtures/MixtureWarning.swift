/// Something about the mixtures of a set of runs that a reader of a fit must know. What is wrong
/// enough to keep a run out is a `MixtureFault` instead.
package struct MixtureWarning: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Shares sum to something more than 0.001 from 1; they were divided by their sum.
        case sumOffOne
        /// Shares are written with few decimals, so that they do not sum to 1 exactly.
        case rounded
        /// Shares sum to about 100.
        case percent
        /// A domain is given twice, its names differing in blanks alone.
        case duplicateDomain
        /// A run does not name a domain that others name; its share counts as 0.
        case missingDomain
        /// What was trained on differs from what was asked for; the achieved shares count.
        case achievedDiffers
        case tokenizerMismatch
        /// Some runs ended with a decayed learning rate and some in mid-schedule.
        case unannealedCheckpoint
        case learningRateDiffers
        /// Runs of several sizes or token counts.
        case scaleDiffers
        case availableTokensDiffer
        /// Domains whose shares rise and fall in lockstep: their effects cannot be told apart.
        case moveTogether
        case neverVaries
        // Of files alone:
        /// A column without a name, such as a row number that a program wrote.
        case unnamedColumn
        /// A column without a single number; kept as a param.
        case textColumn
        /// Rows of one file that the other does not have.
        case unmatchedRow
        /// Cells or lines that are not there, or hold no number.
        case missingValue
        /// A training that is listed twice with the same results.
        case repeatedRow
        /// Lines of a log that name no known run or subdomain.
        case unmatchedLine
        /// Results whose step is not told.
        case unknownStep
    }

    package static let shownNameCount = 5

    package var kind: Kind
    /// One sentence that says what was found and what was done about it.
    package var message: String
    /// Runs it is about; 0 when it is about all of them together.
    package var runCount: Int
    /// The first few names of those runs.
    package var runNames: [String]

    package init(_ kind: Kind, _ message: String, runs: [String] = []) {
        self.kind = kind
        self.message = message
        runCount = runs.count
        runNames = Array(runs.prefix(Self.shownNameCount))
    }
}

/// Why the mixture of one run cannot be used.
package struct MixtureFault: Error, Sendable, Hashable {
    /// The param or column at fault, when it is one alone.
    package var name: String?
    /// What was found and what was expected.
    package var reason: String

    package init(name: String? = nil, reason: String) {
        self.name = name
        self.reason = reason
    }
}
