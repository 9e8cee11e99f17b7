import API
package import Foundation
package import Mixtures
package import ScalingLaws

/// One kind of figure: a pure function from a fit to a chart's description without colours.
package protocol Figure: Sendable {
    /// Body of the fits it draws.
    associatedtype Fit: FigureBody
    /// Kebab-case; the last part of the figure's address.
    static var kind: String { get }
    static var title: String { get }
    /// Names of the query parameters that change it, beside `project`, `law` and `fit`.
    static var parameters: [String] { get }
    /// Ids of the laws whose fits it draws; the first is meant when a request names none. Empty for
    /// a figure that rests on no fit.
    static var laws: [String] { get }
    static var subject: FigureSubject { get }
    /// Whether it looks at earlier fits too.
    static var readsHistory: Bool { get }
    static func make(_ input: FigureInput<Fit>) throws(FigureError) -> PlotlyFigure
}

extension Figure {
    package static var parameters: [String] { [] }
    package static var readsHistory: Bool { Fit.self == FitHistory.self }
    package static var subject: FigureSubject { .fit }

    /// Draws from a fit as it is stored.
    package static func make(_ material: FigureMaterial) throws -> PlotlyFigure {
        try make(
            FigureInput(
                fit: try Fit.read(material),
                fitID: material.fitID,
                projectName: material.projectName,
                target: material.target,
                question: material.question
            )
        )
    }
}

extension Figure where Fit == StepLawFit {
    package static var parameters: [String] { ["parameters", "tokens"] }
    package static var laws: [String] { [StepLaw.card.id] }
}

extension Figure where Fit == NonlinearFit {
    package static var laws: [String] { LawPredictor.laws { _ in true } }
}

/// What a figure is drawn from.
package enum FigureSubject: Sendable {
    case fit
    /// Fits of several targets over mixtures.
    case mixtures
    /// The forecast of one run.
    case forecast
    /// All runs of a project.
    case runs
    /// The loss curves of two runs.
    case pair
    /// Finished runs with their curves.
    case replay
    /// The lines of one metric of runs in groups.
    case groups
}

/// What a figure reads: the body of a fit, or what the server gathered of runs.
package protocol FigureBody: Sendable {
    var provenance: FigureProvenance { get }
    static func read(_ material: FigureMaterial) throws -> Self
}

extension FigureBody {
    package static func read(_ material: FigureMaterial) throws -> Self {
        guard let own = material.source as? Self else {
            throw FigureError.nothingToShow("nothing was given to draw")
        }
        return own
    }
}

extension FigureBody where Self: Decodable {
    package static func read(_ material: FigureMaterial) throws -> Self {
        try WireJSON.decoder().decode(Self.self, from: material.body)
    }
}

/// Which data a figure stands on.
package struct FigureProvenance: Sendable, Hashable {
    package var law: String
    package var runs: Int
    package var dataHash: String?
    package var lossName: String?
    package var parameterConvention: String?

    package init(
        law: String,
        runs: Int,
        dataHash: String? = nil,
        lossName: String? = nil,
        parameterConvention: String? = nil
    ) {
        self.law = law
        self.runs = runs
        self.dataHash = dataHash
        self.lossName = lossName
        self.parameterConvention = parameterConvention
    }
}

/// A stored fit and what was asked about it, before any figure has read it.
package struct FigureMaterial: Sendable {
    package var body: Data
    package var fitID: String
    package var projectName: String
    package var target: Target?
    package var question: Question
    /// The project's finished fits, oldest first; empty unless the figure asks for them.
    package var history: [FitHistory.Entry]
    /// Of figures that rest on no fit.
    package var source: (any FigureBody)?

    package init(
        body: Data,
        fitID: String,
        projectName: String,
        target: Target? = nil,
        question: Question = Question(),
        history: [FitHistory.Entry] = [],
        source: (any FigureBody)? = nil
    ) {
        self.body = body
        self.fitID = fitID
        self.projectName = projectName
        self.target = target
        self.question = question
        self.history = history
        self.source = source
    }
}

/// What a figure is made from: a fit and the target it is asked about.
package struct FigureInput<Fit: FigureBody>: Sendable {
    package var fit: Fit
    package var fitID: String
    package var projectName: String
    /// nil asks about the largest cell of the fit.
    package var target: Target?
    package var question: Question
    package var options: FigureOptions

    package init(
        fit: Fit,
        fitID: String,
        projectName: String,
        target: Target? = nil,
        question: Question = Question(),
        options: FigureOptions = FigureOptions()
    ) {
        self.fit = fit
        self.fitID = fitID
        self.projectName = projectName
        self.target = target
        self.question = question
        self.options = options
    }
}

package struct FigureOptions: Sendable, Hashable {
    /// Points of a surface along each axis.
    package var gridCount = 61

    package init() {}
}

package enum FigureError: Error, Sendable, Hashable {
    /// The fit cannot answer for the target.
    case target(RecommendError)
    /// The mixtures that are asked for cannot be had.
    case mixtures(MixtureError)
    /// This fit has nothing for this figure.
    case nothingToShow(String)

    package var message: String {
        switch self {
        case .target(let error): error.message
        case .mixtures(let error): error.message
        case .nothingToShow(let reason): "There is nothing to draw: \(reason)."
        }
    }
}

/// Every kind of figure, in the order of `GET /api/v1/figures`.
package let figureCatalogue: [any Figure.Type] = [
    LearningRateBatchSurface.self,
    LearningRateSlice.self,
    LearningRateLaw.self,
    BatchLaw.self,
    LawDisagreement.self,
    RegretByCell.self,
    NextBestRun.self,
    LossOverCompute.self,
    LossContour.self,
    IsoFLOPProfiles.self,
    OptimalAllocation.self,
    BudgetParabolas.self,
    StackWeights.self,
    ResidualBoard.self,
    ExtrapolationLadder.self,
    StepsToTarget.self,
    CriticalBatchOverSize.self,
    NoiseScale.self,
    RateOverWidth.self,
    TransferByGroup.self,
    BaseModels.self,
    ParameterDrift.self,
    HeldOutErrors.self,
    ForecastFan.self,
    ForecastCalibration.self,
    StopValue.self,
    PairedDelta.self,
    GroupBands.self,
    ComputeRegret.self,
    ExchangeRates.self,
    WasteLedger.self,
    MixturePredicted.self,
    MixtureSlice.self,
    MixtureSensitivity.self,
    MixtureTernary.self,
    MixtureWorth.self,
    MixtureTradeoff.self,
    MixtureEpochs.self,
    ProxyRanks.self,
]
