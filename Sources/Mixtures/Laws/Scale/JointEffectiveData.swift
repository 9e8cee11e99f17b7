package import ScalingLaws

/// A law over sizes, tokens and mixtures that differs from the others in how they act together.
package protocol JointLaw: MixtureLaw where Fitted == FittedJoint {
    static var coupling: MixtureCoupling { get }
}

extension JointLaw {
    package static var needsScale: Bool { true }
    package static func minimumRunCount(domains: Int) -> Int { 12 }

    package static func fit(
        _ data: MixtureData,
        _ request: MixtureFitRequest,
        startingFrom previous: FittedJoint?
    ) throws(MixtureError) -> FittedJoint {
        try FittedJoint.fit(data, request, previous, coupling, law: card.id)
    }
}

/// Loss over size, tokens and mixture at once: the mixture says what a token is worth.
package enum JointEffectiveData: JointLaw {
    package static let coupling = MixtureCoupling.effectiveTokens
    package static let card = JointCards.card(
        id: "joint-effective-data",
        title: "Effective data over sizes",
        equation:
            "L = E + (A/N^a + B/(D·u)^b)^k, u = e0 + Σ_j s_j·(r_j + ε)^g, N in 1e9, D in 1e10",
        validity: "From two sizes on. Exponents are held near 0.3: sizes within a decade cannot pin"
            + " them. The choice for scales beyond the runs."
    )
}

/// The same without the bend of the sum.
package enum JointPlain: JointLaw {
    package static let coupling = MixtureCoupling.plain
    package static let card = JointCards.card(
        id: "joint-plain",
        title: "Effective data over sizes, k = 1",
        equation: "L = E + A/N^a + B/(D·u)^b, u = e0 + Σ_j s_j·(r_j + ε)^g, N in 1e9, D in 1e10",
        validity: "joint-effective-data with a parameter less, for few runs."
    )
}

/// The rival whose mixture term does not know the scale.
package enum JointAdditive: JointLaw {
    package static let coupling = MixtureCoupling.additive
    package static let card = JointCards.card(
        id: "joint-additive",
        title: "Mixture term beside size and tokens",
        equation: "L = E + 1/Σ_j C_j·(r_j + ε)^g_j + A/N^a + B/D^b",
        validity:
            "For new mixtures at the sizes of the runs; beyond them it extrapolates worse than"
            + " joint-effective-data."
    )
}

/// The naive rival: size and tokens, whatever the mixture.
package enum JointWithoutMixture: JointLaw {
    package static let coupling = MixtureCoupling.none
    package static let card = JointCards.card(
        id: "joint-without-mixture",
        title: "Size and tokens alone",
        equation: "L = E + (A/N^a + B/D^b)^k",
        validity: "A baseline: what a law over sizes says when it ignores the mixture."
    )
}

/// The rival whose mixture changes what a parameter is worth, too.
package enum JointCapacity: JointLaw {
    package static let coupling = MixtureCoupling.capacity
    package static let card = JointCards.card(
        id: "joint-capacity",
        title: "Effective data and capacity over sizes",
        equation: "L = E + (A·v/N^a + B/(D·u)^b)^k, v = exp Σ_j c_j·r_j",
        validity: "Only with many mixtures at several sizes; d more parameters than"
            + " joint-effective-data."
    )
}

enum JointCards {
    static let scaleSymbols: [LawCard.Symbol] = [
        .init(symbol: "L", name: "loss of the target", unit: "unit of the target"),
        .init(symbol: "N", name: "parameters", unit: "1e9"),
        .init(symbol: "D", name: "tokens seen", unit: "1e10"),
        .init(symbol: "r_j", name: "share of tokens of domain j", unit: "1"),
    ]

    static func card(id: String, title: String, equation: String, validity: String) -> LawCard {
        LawCard(
            id: id,
            title: title,
            family: .dataMixture,
            equation: equation,
            citation: "Isoloss; after Scaling laws for optimal data mixtures, arXiv 2507.09404",
            symbols: scaleSymbols,
            parameters: [
                .init(symbol: "E", name: "loss with endless size and data", unit: "nats/token"),
                .init(symbol: "A", name: "loss by size", unit: "1"),
                .init(symbol: "a", name: "exponent of size", unit: "1"),
                .init(symbol: "B", name: "loss by tokens", unit: "1"),
                .init(symbol: "b", name: "exponent of tokens", unit: "1"),
                .init(symbol: "s", name: "worth of one token of each domain", unit: "1"),
            ],
            answers: ["loss of a mixture at a size and token count", "best mixture at scale"],
            validity: validity,
            note:
                "No public data here has runs at several sizes; tested on planted worlds. Repeated"
                + " tokens are discounted where unique tokens are known."
        )
    }
}
