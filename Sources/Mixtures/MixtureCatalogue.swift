package import ScalingLaws

/// Every law of mixtures, in the order that pages list them.
package let mixtureLawCatalogue: [any MixtureLaw.Type] = [
    RidgeMixture.self
]

package var mixtureLawCards: [LawCard] { mixtureLawCatalogue.map { $0.card } }
