package import ScalingLaws

/// The Gaussian process on logarithms of the shares, with one length for all domains: it bends
/// where the other is stiff, so a stack of both is better than either.
package enum LogGaussianProcess: MixtureLaw {
    package static let card = LawCard(
        id: "log-gaussian-process",
        title: "Gaussian process on logarithms",
        family: .dataMixture,
        equation: "L(r) = linear(ln(r + 1e-3)) + f(ln(r + 1e-3)), f ~ GP(Matérn-5/2, one length)",
        citation: "Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006",
        symbols: GaussianProcessMixture.card.symbols,
        parameters: GaussianProcessMixture.card.parameters,
        answers: ["loss of a mixture", "how sure the prediction is"],
        validity: "From about 48 runs; a member of the stack rather than a law of its own."
    )

    package static func minimumRunCount(domains: Int) -> Int { 8 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedGaussianProcess?
    ) throws(MixtureError) -> FittedGaussianProcess {
        try GaussianProcessMixture.fitIsotropic(data, request, startingFrom: previous)
    }
}
