package import ScalingLaws

/// What every figure is made from: a stored fit and the target it is asked about.
package struct FigureInput: Sendable {
    package var fit: StepLawFit
    package var fitID: String
    package var projectName: String
    /// nil asks about the largest cell of the fit.
    package var target: Target?
    package var options: FigureOptions

    package init(
        fit: StepLawFit,
        fitID: String,
        projectName: String,
        target: Target? = nil,
        options: FigureOptions = FigureOptions()
    ) {
        self.fit = fit
        self.fitID = fitID
        self.projectName = projectName
        self.target = target
        self.options = options
    }

    var resolvedTarget: Target {
        get throws(FigureError) {
            if let target { return target }
            let largest = fit.cells.max {
                $0.parameterCount * $0.tokenCount < $1.parameterCount * $1.tokenCount
            }
            guard let largest else { throw .nothingToShow("the fit holds no cell") }
            return Target(
                parameterCount: largest.parameterCount,
                tokenCount: largest.tokenCount
            )
        }
    }
}

package struct FigureOptions: Sendable, Hashable {
    /// Points of a surface along each axis.
    package var gridCount = 61

    package init() {}
}

/// One kind of figure: a pure function from a fit to a chart's description without colours.
package protocol Figure: Sendable {
    /// Kebab-case; the last part of the figure's address.
    static var kind: String { get }
    static var title: String { get }
    /// Names of the query parameters that change it, beside `project` and `fit`.
    static var parameters: [String] { get }
    static func make(_ input: FigureInput) throws(FigureError) -> PlotlyFigure
}

extension Figure {
    package static var parameters: [String] { ["parameters", "tokens"] }
}

package enum FigureError: Error, Sendable, Hashable {
    /// The fit cannot answer for the target.
    case target(RecommendError)
    /// This fit has nothing for this figure.
    case nothingToShow(String)

    package var message: String {
        switch self {
        case .target(let error): error.message
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
]
