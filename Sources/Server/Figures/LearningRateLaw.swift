import Foundation
package import ScalingLaws

/// Best learning rate over model size, one line per token count, with the cells' own optima.
package enum LearningRateLaw: Figure {
    package static let kind = "lr-law"
    package static let title = "Best learning rate over model size"

    package static func make(_ input: FigureInput<StepLawFit>) throws(FigureError) -> PlotlyFigure {
        let target = try input.resolvedTarget
        let cells = input.fit.cells
        let sizes = cells.map(\.parameterCount) + [target.parameterCount]
        let law = input.fit.learningRate
        let exponents =
            "slope N \(LawLines.exponent(law.parameterExponent)), "
            + "D \(LawLines.exponent(law.tokenExponent))"
        return try LawLines(
            over: sizes,
            overName: "model size N (parameters)",
            linesOver: spread(cells.map(\.tokenCount), count: 3) + [target.tokenCount],
            lineName: "D",
            overPath: \.parameterCount,
            estimate: \.peakLearningRate,
            valueName: "best peak learning rate (1)",
            write: FigureText.shortRate,
            cellPlace: \.parameterCount,
            cellLine: \.tokenCount,
            cellValue: { ($0.optimum ?? $0.bandCentre).peakLearningRate },
            summary: "Best learning rate over model size: \(exponents); lines are token counts,"
                + " bands 90 % intervals, dots the optima of single cells.",
            answer: exponents,
            title: title
        ).figure(input)
    }
}

/// Best batch over tokens; one line per model size when the chosen form depends on it.
package enum BatchLaw: Figure {
    package static let kind = "batch-law"
    package static let title = "Best batch over training tokens"

    package static func make(_ input: FigureInput<StepLawFit>) throws(FigureError) -> PlotlyFigure {
        let target = try input.resolvedTarget
        let cells = input.fit.cells
        let law = input.fit.batch
        let inSize = input.fit.batchForm == .parametersAndTokens
        let lines = inSize ? spread(cells.map(\.parameterCount), count: 3) : []
        let exponents =
            "slope D \(LawLines.exponent(law.tokenExponent)), N "
            + (inSize ? LawLines.exponent(law.parameterExponent) : "none")
        return try LawLines(
            over: cells.map(\.tokenCount) + [target.tokenCount],
            overName: "training tokens D (tokens)",
            linesOver: lines + [target.parameterCount],
            lineName: inSize ? "N" : "",
            overPath: \.tokenCount,
            estimate: \.batchTokens,
            valueName: "best batch (tokens per step)",
            write: FigureText.count,
            cellPlace: \.tokenCount,
            cellLine: \.parameterCount,
            cellValue: { ($0.optimum ?? $0.bandCentre).batchTokens },
            summary: "Best batch over training tokens: \(exponents); band 90 % interval, dots the"
                + " optima of single cells.",
            answer: exponents,
            title: title
        ).figure(input)
    }
}
