import Foundation
import Runs

/// Loss of a mixture of experts that was trained for D2 tokens after a dense model's D1:
/// L = A·D1^-alpha1·D2^(-alpha2 + alpha3·ln D1) + B·D2^-alpha4 + E, and of one trained from
/// scratch: L = S·D2^-sigma + E. After Scaling Laws for Upcycling Mixture-of-Experts Language
/// Models (arXiv 2502.03009), whose interaction term lowers the worth of D2 as D1 grows. Fitted
/// about 2e10 tokens.
package enum Upcycling: NonlinearLaw {
    package enum Coordinate: Int, CoordinateKey {
        case logA, alpha1, alpha2, alpha3, logB, alpha4, logE, logS, sigma
    }

    package struct Input: Sendable {
        /// nil: from scratch.
        var dense: Double?
        var tokens: Double
    }

    static let pivot = log(2e10)

    package static let card = LawCard(
        id: "upcycling",
        title: "Upcycling against training from scratch",
        family: .experts,
        equation: "upcycled: L = A*D1^-alpha1*D2^(-alpha2 + alpha3*ln D1) + B*D2^-alpha4 + E;"
            + " from scratch: L = S*D2^-sigma + E",
        citation: "after Scaling Laws for Upcycling Mixture-of-Experts Language Models, arXiv"
            + " 2502.03009; fit: this project's runs",
        symbols: [
            .init(symbol: "L", name: "final loss of the mixture", unit: "nats per token"),
            .init(symbol: "D1", name: "tokens of the dense model", unit: "tokens"),
            .init(symbol: "D2", name: "tokens of the mixture", unit: "tokens"),
        ],
        parameters: [
            .init(symbol: "A", name: "dense term at D1 = D2 = 1", unit: "nats per token"),
            .init(symbol: "alpha1", name: "exponent of D1", unit: "1"),
            .init(symbol: "alpha2", name: "exponent of D2 in the dense term", unit: "1"),
            .init(symbol: "alpha3", name: "interaction of D1 and D2", unit: "1"),
            .init(symbol: "B", name: "mixture term at D2 = 1", unit: "nats per token"),
            .init(symbol: "alpha4", name: "its exponent", unit: "1"),
            .init(symbol: "E", name: "irreducible loss", unit: "nats per token"),
            .init(symbol: "S", name: "from-scratch term at D2 = 1", unit: "nats per token"),
            .init(symbol: "sigma", name: "its exponent", unit: "1"),
        ],
        inputs: [.tokenCount, .loss],
        optionalInputs: [.denseTokenCount],
        answers: ["upcycle a dense model or train the mixture from scratch"],
        validity: "One shape of model. A run without denseTokenCount, or with 0, is from scratch.",
        note: "No public table of runs is at hand: tested on planted runs. The paper's abstract"
            + " confirms the interaction; the exact form is from memory, so no constants are"
            + " offered as a prior."
    )

    package static let requirements: [Requirement] = [.runs(15), .values(.tokenCount, 3)]

    /// Runs of one token count differ in D1, which is no tuning.
    package static let usesBestTuned = false

    package static let widest: [(coordinate: Coordinate, width: Double)] = [
        (.alpha1, 1), (.alpha3, 0.5), (.sigma, 1),
    ]

    package static func scale(_ observation: Observation) -> Double { observation.tokenCount }

    package static func input(_ observation: Observation) -> Input? {
        let tokens = log(observation.tokenCount) - pivot
        guard tokens.isFinite else { return nil }
        guard let dense = observation.values[.denseTokenCount], dense != 0 else {
            return Input(dense: nil, tokens: tokens)
        }
        let log = log(dense) - pivot
        return log.isFinite ? Input(dense: log, tokens: tokens) : nil
    }

    /// Both kinds of run are needed; without one its terms are open.
    package static func fit(_ request: FitRequest) throws(FitError) -> NonlinearFit {
        try check(request)
        return try NonlinearFitter<Self>(request).run()
    }

    package static func refit(
        _ request: FitRequest,
        from earlier: NonlinearFit
    ) throws(FitError) -> NonlinearFit? {
        try check(request)
        return try NonlinearFitter<Self>(request).run(from: earlier)
    }

    private static func check(_ request: FitRequest) throws(FitError) {
        let usable = request.observations.filter { $0.lossNats.isFinite && $0.lossNats > 0 }
        let inputs = usable.compactMap { input($0) }
        let dense = Set(inputs.compactMap(\.dense))
        let scratch = Set(inputs.filter { $0.dense == nil }.map(\.tokens))
        if scratch.count < 3 {
            throw .notEnough(
                law: card.title,
                needed: 3,
                found: scratch.count,
                needs: "token counts of mixtures trained from scratch (no denseTokenCount)",
                leftOut: request.observations.count - inputs.count
            )
        }
        if dense.count < 3 {
            throw .notEnough(
                law: card.title,
                needed: 3,
                found: dense.count,
                needs: "values of denseTokenCount of upcycled mixtures",
                leftOut: request.observations.count - inputs.count
            )
        }
    }

    package static func logPrediction(
        _ input: Input,
        _ theta: Coordinates<Coordinate>,
        _ gradient: inout Coordinates<Coordinate>
    ) -> Double {
        let floor = exp(theta[.logE])
        let t = input.tokens
        gradient = Coordinates()
        guard let d = input.dense else {
            let scratch = exp(theta[.logS] - theta[.sigma] * t)
            let loss = scratch + floor
            gradient[.logS] = scratch / loss
            gradient[.sigma] = -t * scratch / loss
            gradient[.logE] = floor / loss
            return log(loss)
        }
        let mixed = exp(
            theta[.logA] - theta[.alpha1] * d - theta[.alpha2] * t + theta[.alpha3] * d * t
        )
        let own = exp(theta[.logB] - theta[.alpha4] * t)
        let loss = mixed + own + floor
        gradient[.logA] = mixed / loss
        gradient[.alpha1] = -d * mixed / loss
        gradient[.alpha2] = -t * mixed / loss
        gradient[.alpha3] = d * t * mixed / loss
        gradient[.logB] = own / loss
        gradient[.alpha4] = -t * own / loss
        gradient[.logE] = floor / loss
        return log(loss)
    }

    package static func starts(
        _ inputs: [Input],
        logTargets: [Double]
    ) -> [Coordinates<Coordinate>] {
        var starts: [Coordinates<Coordinate>] = []
        for alpha1 in [0.1, 0.3] {
            for alpha2 in [0.1, 0.3] {
                for alpha4 in [0.3, 0.6] {
                    for sigma in [0.2, 0.4] {
                        let terms = inputs.map { input -> [Double] in
                            guard let dense = input.dense else {
                                return [0, 0, 1, exp(-sigma * input.tokens)]
                            }
                            return [
                                exp(-alpha1 * dense - alpha2 * input.tokens),
                                exp(-alpha4 * input.tokens), 1, 0,
                            ]
                        }
                        let logs = Amplitudes.positive(terms, logTargets: logTargets)
                            .map { log($0) }
                        starts.append(
                            Coordinates([
                                logs[0], alpha1, alpha2, 0.01, logs[1], alpha4, logs[2], logs[3],
                                sigma,
                            ])
                        )
                    }
                }
            }
        }
        return starts
    }

    package static func parameters(_ theta: Coordinates<Coordinate>) -> [Double] {
        // ln of the dense term at ln D1 = ln D2 = 0, which is -pivot from where it is fitted.
        let cross = theta[.alpha3] * pivot
        let alpha1 = theta[.alpha1] + cross
        let alpha2 = theta[.alpha2] + cross
        let logA = theta[.logA] + (alpha1 + alpha2) * pivot - cross * pivot
        return [
            exp(logA), alpha1, alpha2, theta[.alpha3],
            exp(theta[.logB] + theta[.alpha4] * pivot), theta[.alpha4], exp(theta[.logE]),
            exp(theta[.logS] + theta[.sigma] * pivot), theta[.sigma],
        ]
    }

    package static var planted: PlantedWorld<Coordinate> {
        let theta: [Double] = [
            log(0.5), 0.15, 0.12, 0.02, log(0.12), 0.45, log(1.6), log(0.8), 0.3,
        ]
        let tokens = [1e9, 4e9, 1.5e10, 6e10, 2.5e11]
        let scratch = tokens.map { [Role.tokenCount: $0] }
        return PlantedWorld(
            theta: Coordinates(theta),
            settings: scratch
                + PlantedWorld<Coordinate>.grid([
                    (.tokenCount, tokens), (.denseTokenCount, [2e9, 1e10, 6e10, 4e11]),
                ])
        )
    }
}
