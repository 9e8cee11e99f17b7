package import ScalingLaws

/// A form that tells the loss of a mixture. A law is a caseless enum in one file of `Laws/`, with
/// one line in `MixtureCatalogue.swift`; API, CLI and pages draw themselves from its card.
package protocol MixtureLaw: Sendable {
    associatedtype Fitted: FittedMixtureLaw
    static var card: LawCard { get }
    /// Reads model size and tokens of each run; of no use where all runs have the same.
    static var needsScale: Bool { get }
    /// Reads the losses of the target's parts; of no use where it has none.
    static var needsParts: Bool { get }
    /// Fewest runs the law is fitted on.
    static func minimumRunCount(domains: Int) -> Int
    /// Deterministic: the same request gives the same fit, bit for bit.
    ///
    /// - Parameter previous: a fit of almost the same runs, such as the whole before its
    ///   resampled refits; the search may start from it alone.
    static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: Fitted?
    ) throws(MixtureError) -> Fitted
}

extension MixtureLaw {
    package static var needsScale: Bool { false }
    package static var needsParts: Bool { false }
}

/// Choices of one fit.
package struct MixtureFitRequest: Sendable {
    package var seed: UInt64
    /// Strength of the ridge on standardised targets; nil lets the law choose (1e-4 … 1e-2).
    package var ridge: Double?
    /// Of a refit on resampled runs, another for each: laws held by a prior draw its centre too, or
    /// no resample would show what the prior decides.
    package var drawSeed: UInt64?
    /// Asked between stages; true ends the fit with `MixtureError.cancelled`.
    package var isCancelled: (@Sendable () -> Bool)?

    package init(
        seed: UInt64 = 1,
        ridge: Double? = nil,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) {
        self.seed = seed
        self.ridge = ridge
        self.isCancelled = isCancelled
    }

    package func checkCancelled() throws(MixtureError) {
        if isCancelled?() ?? false { throw .cancelled }
    }
}

/// A law with the parameters of given runs, in the unit of their losses. Stored as its JSON.
package protocol FittedMixtureLaw: Sendable, Codable {
    /// Predicted loss of a mixture: d proportions in the order of the data's domains.
    func loss(at proportions: [Double]) -> Double
    /// Predicted loss of many mixtures; trees answer many at once far faster than one by one.
    func losses(at mixtures: [[Double]]) -> [Double]
    /// Predicted losses of runs, each at its own size and tokens where the law reads those.
    func losses(of runs: [MixtureData.Run]) -> [Double]
    /// ∂loss/∂proportion with the others held, d values: nats (or the target's unit) per unit
    /// proportion. Trees have none.
    func gradient(at proportions: [Double]) -> [Double]?
    /// ∂²loss/∂proportion², d × d by rows; nil where there is no gradient.
    func curvature(at proportions: [Double]) -> [Double]?
    /// Standard deviation of the prediction by the law itself; nil where only refits tell.
    func deviation(at proportions: [Double]) -> Double?
    /// The loss as a falling function of a sum of one function per domain, where that is its form:
    /// the optimum under bounds is then exact.
    var separable: SeparableUtility? { get }
    /// Proven convex in the proportions.
    var isConvex: Bool { get }
    /// By the symbols of the card; those of a domain as "s[domain]".
    func parameters(domains: [String]) -> [String: Double]
    /// Fitted laws whose mean this one is; empty for all but a stack.
    var stackedLaws: [AnyMixtureLaw] { get }
    /// What a reader must know of this fit: a parameter on its bound, starts that disagree.
    var notes: [String] { get }
    /// The law asked at another model size and token count; nil where it knows no scale.
    func at(_ scale: MixtureScale) -> Self?
    /// The law without its own discount of repeated tokens, for callers that discount themselves.
    var withoutRepetition: Self { get }
}

extension FittedMixtureLaw {
    package func losses(at mixtures: [[Double]]) -> [Double] { mixtures.map { loss(at: $0) } }
    package func losses(of runs: [MixtureData.Run]) -> [Double] {
        losses(at: runs.map(\.proportions))
    }
    package func gradient(at proportions: [Double]) -> [Double]? { nil }
    package func deviation(at proportions: [Double]) -> Double? { nil }
    package var separable: SeparableUtility? { nil }
    package var isConvex: Bool { false }
    package func parameters(domains: [String]) -> [String: Double] { [:] }
    package var stackedLaws: [AnyMixtureLaw] { [] }
    package var notes: [String] { [] }
    package func at(_ scale: MixtureScale) -> Self? { nil }
    package var withoutRepetition: Self { self }
}

/// U(r) = Σ_j scale_j · (r_j + offset)^exponent_j. The loss falls as U rises, so the best mixture
/// is the one with most U.
package struct SeparableUtility: Sendable, Hashable {
    /// Not negative, d values.
    package var scales: [Double]
    /// In (0, 1): concave, so the water level is unique.
    package var exponents: [Double]
    package var offset: Double

    package init(scales: [Double], exponents: [Double], offset: Double) {
        self.scales = scales
        self.exponents = exponents
        self.offset = offset
    }
}
