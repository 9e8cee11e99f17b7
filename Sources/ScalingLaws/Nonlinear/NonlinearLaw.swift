import Foundation
package import Runs

/// A law ln y = f(x, theta) fitted by minimising a robust loss of the residuals of ln y over many
/// starts. A conforming law writes the form, its gradient, starts and a card; `NonlinearFitter`
/// gives it fit, intervals, residuals, extrapolation test, baselines and priors.
package protocol NonlinearLaw: Law where Fit == NonlinearFit {
    /// What the optimiser moves. Positive parameters are fitted as logarithms.
    associatedtype Coordinate: CoordinateKey
    /// What one run tells the law, with its logarithms taken once.
    associatedtype Input: Sendable

    /// nil: this run cannot inform this law; `refusal(_:)` says why.
    static func input(_ observation: Observation) -> Input?
    /// The observed quantity, positive: by default the loss in nats.
    static func target(_ observation: Observation) -> Double
    /// ln of the prediction; adds nothing to `gradient`, it overwrites every coordinate.
    static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double
    /// Starting points from the data, informed ones first; at least one.
    static func starts(_ inputs: [Input], logTargets: [Double]) -> [Coordinates<Coordinate>]
    /// Shown parameters, in the order of `card.parameters`, from coordinates.
    static func parameters(_ theta: Coordinates<Coordinate>) -> [Double]
    /// Quantities that follow from the parameters, such as the exponent of the optimal size.
    static var derived: [Derived<Coordinate>] { get }
    /// Size of a run for extrapolation tests: the fit on the smallest is asked for the largest.
    /// Training compute by default (6·N·D).
    static func scale(_ observation: Observation) -> Double
    /// Runs of one group are left out together; in the unit of the scale. A quarter of an octave of
    /// scale by default.
    static func group(_ observation: Observation) -> Double
    /// Published constants with their own validity, judged here unfitted.
    static var presets: [Preset<Coordinate>] { get }
    /// Scale of the residual of ln y beyond which it counts linearly; infinite for least squares.
    static var huberDelta: Double { get }
    /// Coordinates that must be determined, with the widest 90 % interval that still says
    /// something.
    static var widest: [(coordinate: Coordinate, width: Double)] { get }
    /// A world of this law with plausible constants: what its contract is tested on, and what a
    /// plan of runs may be tried on.
    static var planted: PlantedWorld<Coordinate> { get }
    /// The minimum by a method of the law's own, such as a search in fewer dimensions; nil for the
    /// general one. Weights say how often each run counts; `near` are coordinates of the minimum of
    /// nearly the same runs, if known.
    static func ownMinimum(
        _ inputs: [Input],
        logTargets: [Double],
        weights: [Double],
        near: [Double]?
    ) -> OwnMinimum?
    /// What the law's own method minimises.
    static var ownObjectiveName: String? { get }
    /// Whether only the best of runs that differ in learning rate, batch or weight decay alone
    /// counts: a law of the reachable loss is bent by badly tuned runs.
    static var usesBestTuned: Bool { get }
    /// Fewest runs and fewest different values of each input.
    static var requirements: [Requirement] { get }
}

/// What a law's own method found.
package struct OwnMinimum: Sendable {
    package var theta: [Double]
    package var objective: Double
    package var isConverged: Bool
    /// Starting points followed, and how many ended at the best objective.
    package var starts: Int
    package var startsAtBest: Int
}

/// Settings of runs and the coordinates that made their outcomes.
package struct PlantedWorld<Key: CoordinateKey>: Sendable {
    package var theta: Coordinates<Key>
    /// What each run was set to, without its outcome.
    package var settings: [[Role: Double]]
    /// The role that holds the outcome.
    package var target: Role

    package init(theta: Coordinates<Key>, settings: [[Role: Double]], target: Role = .loss) {
        self.theta = theta
        self.settings = settings
        self.target = target
    }

    /// Every combination of the values given for each role.
    package static func grid(_ axes: [(role: Role, values: [Double])]) -> [[Role: Double]] {
        axes.reduce([[:]]) { settings, axis in
            settings.flatMap { setting in
                axis.values.map { value in setting.merging([axis.role: value]) { $1 } }
            }
        }
    }
}

/// A shown quantity computed from coordinates.
package struct Derived<Key: CoordinateKey>: Sendable {
    package var symbol: LawCard.Symbol
    package var value: @Sendable (Coordinates<Key>) -> Double

    package init(
        _ symbol: LawCard.Symbol,
        _ value: @escaping @Sendable (Coordinates<Key>) -> Double
    ) {
        self.symbol = symbol
        self.value = value
    }
}

/// Constants as a paper prints them, in this law's coordinates.
package struct Preset<Key: CoordinateKey>: Sendable {
    package var id: String
    package var title: String
    package var citation: String
    /// Where they were fitted, and traps of unit.
    package var validity: String
    package var theta: Coordinates<Key>
    /// Set when the form cannot be evaluated at an input.
    package var refusal: (@Sendable (Observation) -> String?)?

    package init(
        id: String,
        title: String,
        citation: String,
        validity: String,
        theta: Coordinates<Key>,
        refusal: (@Sendable (Observation) -> String?)? = nil
    ) {
        self.id = id
        self.title = title
        self.citation = citation
        self.validity = validity
        self.theta = theta
        self.refusal = refusal
    }
}

/// What the data must hold before a fit is tried.
package enum Requirement: Sendable, Hashable {
    case runs(Int)
    /// This many values of the role, each at least 1.2 times the one before.
    case values(Role, Int)
    /// The two roles must not move together: |correlation of their logarithms| below 0.999.
    case independent(Role, Role)
}

extension NonlinearLaw {
    package static func target(_ observation: Observation) -> Double { observation.lossNats }
    package static var derived: [Derived<Coordinate>] { [] }
    package static var presets: [Preset<Coordinate>] { [] }
    package static var huberDelta: Double { 1e-3 }

    package static func ownMinimum(
        _ inputs: [Input],
        logTargets: [Double],
        weights: [Double],
        near: [Double]?
    ) -> OwnMinimum? { nil }

    package static var ownObjectiveName: String? { nil }

    package static var usesBestTuned: Bool {
        card.family == .modelAndData || card.family == .experts
    }

    package static var widest: [(coordinate: Coordinate, width: Double)] { [] }

    package static func scale(_ observation: Observation) -> Double {
        6 * observation.parameterCount * observation.tokenCount
    }

    package static func group(_ observation: Observation) -> Double {
        exp2((log2(scale(observation)) * 4).rounded() / 4)
    }

    package static func fit(_ request: FitRequest) throws(FitError) -> NonlinearFit {
        try NonlinearFitter<Self>(request).run()
    }

    /// The search starts at the earlier minimum; fresh starts beside it tell whether the new runs
    /// opened a better one, and then, or where the objective rose by more than the new runs can
    /// explain, the answer is nil.
    package static func refit(
        _ request: FitRequest,
        from earlier: NonlinearFit
    ) throws(FitError) -> NonlinearFit? {
        try NonlinearFitter<Self>(request).run(from: earlier)
    }
}
