/// A form with free parameters that runs can inform. A law is a caseless enum in one file, with one
/// line in `Catalogue.swift`; API, CLI and pages draw themselves from its card.
package protocol Law: Sendable {
    associatedtype Fit: FittedLaw
    static var card: LawCard { get }
    /// Deterministic: the same request gives the same fit, bit for bit.
    static func fit(_ request: FitRequest) throws(FitError) -> Fit
    /// The fit after a few new runs, from an earlier one of nearly the same runs with the same
    /// options: several times faster than `fit`, and equal to it within what the law's own tests
    /// state. nil where only a whole fit will do: by default always.
    static func refit(_ request: FitRequest, from earlier: Fit) throws(FitError) -> Fit?
}

extension Law {
    package static func refit(
        _ request: FitRequest,
        from earlier: Fit
    ) throws(FitError) -> Fit? { nil }
}

/// A law that answers questions with `Advice`.
package protocol AdvisingLaw: Law {
    /// Quantities of a question on which an answer may depend; the others change nothing.
    static var reads: Set<Question.Field> { get }
    static func advise(_ question: Question, from fit: Fit) throws(RecommendError) -> Advice
}

/// A law's parameters from given runs. It is stored as its JSON, so a new law needs no migration.
package protocol FittedLaw: Sendable, Codable {
    var summary: FitSummary { get }
    /// 16 hex digits over what was fitted: two fits of a law with one hash saw the same data.
    var dataHash: String { get }
    /// Notes runs that were set aside before the law saw them: some by name, and how many in all.
    mutating func setAside(_ runs: [NonlinearFit.LeftOut], count: Int)
}

/// What every fit can say of itself, whatever its law.
package struct FitSummary: Sendable, Hashable, Codable {
    /// By the symbol of the law's card, in its unit, with 90 % intervals.
    package var parameters: [String: Interval]
    /// Value of what was minimised; nil for a law without one objective.
    package var objective: Double?
    /// Runs that informed the fit.
    package var runs: Int
    package var diagnostics: FitDiagnostics
    /// Filled by whoever stores the fit; nil in summaries of earlier versions.
    package var source: FitSource?

    package init(
        parameters: [String: Interval],
        objective: Double?,
        runs: Int,
        diagnostics: FitDiagnostics
    ) {
        self.parameters = parameters
        self.objective = objective
        self.runs = runs
        self.diagnostics = diagnostics
    }
}

/// Which data a fit stands on.
package struct FitSource: Sendable, Hashable, Codable {
    package var dataHash: String?
    package var parameterConvention: String?
    /// nil for a law that reads no loss.
    package var lossName: String?

    package init(dataHash: String?, parameterConvention: String?, lossName: String?) {
        self.dataHash = dataHash
        self.parameterConvention = parameterConvention
        self.lossName = lossName
    }
}

/// How the fit went and how far it may be trusted.
package struct FitDiagnostics: Sendable, Hashable, Codable {
    /// What the objective is: "sum of Huber losses (delta 0.001) of ln loss".
    package var objectiveName: String
    package var isConverged: Bool
    /// Starting points tried, and how many of them ended at the best objective.
    package var starts: Int
    package var startsAtBest: Int
    /// Resampled refits behind the intervals, and what was resampled: "runs", "cells".
    package var draws: Int
    package var resampled: String
    /// Root mean square of the relative residuals, in per cent.
    package var residualPercent: Double?
    /// Mean absolute error in per cent on the largest scale when it is left out.
    package var heldOutErrorPercent: Double?
    /// The best naive baseline on the same left-out runs.
    package var baselineErrorPercent: Double?
    package var leftOut: Int
    package var warnings: [String]
    /// Where this fit came from, if it is a refit; whoever keeps fits sets it.
    package var refit: Refit?

    /// What a refit started from.
    package struct Refit: Sendable, Hashable, Codable {
        /// Id of the fit that it started from, and of the last whole fit before it.
        package var from: String
        package var wholeFit: String
        /// Runs that the whole fit was given.
        package var wholeFitRuns: Int
        /// Refits since the whole fit, this one counted.
        package var count: Int

        package init(from: String, wholeFit: String, wholeFitRuns: Int, count: Int) {
            self.from = from
            self.wholeFit = wholeFit
            self.wholeFitRuns = wholeFitRuns
            self.count = count
        }
    }

    package init(
        objectiveName: String,
        isConverged: Bool = true,
        starts: Int = 1,
        startsAtBest: Int = 1,
        draws: Int = 0,
        resampled: String = "runs",
        residualPercent: Double? = nil,
        heldOutErrorPercent: Double? = nil,
        baselineErrorPercent: Double? = nil,
        leftOut: Int = 0,
        warnings: [String] = []
    ) {
        self.objectiveName = objectiveName
        self.isConverged = isConverged
        self.starts = starts
        self.startsAtBest = startsAtBest
        self.draws = draws
        self.resampled = resampled
        self.residualPercent = residualPercent
        self.heldOutErrorPercent = heldOutErrorPercent
        self.baselineErrorPercent = baselineErrorPercent
        self.leftOut = leftOut
        self.warnings = warnings
    }
}
