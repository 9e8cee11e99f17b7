import Foundation
import Runs

/// Approach 2 of Training Compute-Optimal Large Language Models (arXiv 2203.15556): for each
/// compute budget the minimum of a parabola of loss over ln N, then a line through the minima in
/// ln C.
///
/// It assumes no form of the loss, so it checks the laws that do; it is biased where a budget's
/// sizes are not centred on its optimum, and says how far it differs from variable projection.
package enum IsoFLOP: AdvisingLaw {
    package static let card = LawCard(
        id: "isoflop",
        title: "IsoFLOP profiles and the frontier",
        family: .modelAndData,
        equation: "L(N; C) = L* + k*(ln N - ln N*)^2, N* = N_pivot*(C/C_pivot)^a,"
            + " L* = E + r*(C/C_pivot)^(-gamma)",
        citation: "Training Compute-Optimal Large Language Models, arXiv 2203.15556, approach 2;"
            + " fit: this project's runs",
        symbols: [
            .loss, .modelSize, .tokens,
            .init(symbol: "C", name: "training compute", unit: "FLOPs"),
        ],
        parameters: [
            .init(symbol: "a", name: "exponent of the optimal N in compute", unit: "1"),
            .init(symbol: "b", name: "exponent of the optimal D in compute", unit: "1"),
            .init(symbol: "N_pivot", name: "optimal N at the mean budget", unit: "parameters"),
            .init(symbol: "E", name: "floor of the frontier", unit: "nats per token"),
            .init(symbol: "gamma", name: "exponent of the frontier", unit: "1"),
        ],
        inputs: [.parameterCount, .tokenCount, .loss],
        optionalInputs: [.computeFLOPs],
        answers: [
            "model size and tokens for a compute budget", "where each budget has its optimum",
        ],
        validity: "Three budgets or more, each with four sizes or more on both sides of its"
            + " optimum, at a learning rate schedule that ends with the run."
    )

    package typealias Fit = IsoFLOPFit

    package static func fit(_ request: FitRequest) throws(FitError) -> IsoFLOPFit {
        try IsoFLOPFitter(request).run()
    }

    package static var reads: Set<Question.Field> { [.flops] }

    package static func advise(
        _ question: Question,
        from fit: IsoFLOPFit
    ) throws(RecommendError) -> Advice {
        try IsoFLOPAdvisor(fit: fit, question: question).advice()
    }
}
