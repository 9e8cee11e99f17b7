/// What a cell must hold to inform the law, and what the law must have in all.
package enum CellRules {
    /// Runs that did not diverge.
    package static let minimumRunCount = 4
    package static let minimumRateCount = 3
    package static let minimumBatchCount = 2
    /// Three coefficients, and one more cell so that leaving one out leaves a fit.
    package static let minimumCellCount = 4
    package static let minimumTotalRunCount = 16
}
