package import ScalingLaws

/// Every law of mixtures, in the order that pages list them.
package let mixtureLawCatalogue: [any MixtureLaw.Type] = [
    EffectiveData.self,
    StackMixture.self,
    GaussianProcessMixture.self,
    LogGaussianProcess.self,
    ReciprocalPower.self,
    ExponentialMixture.self,
    ImplicitExponentialMixture.self,
    BoostedTrees.self,
    BiMix.self,
    AutoScale.self,
    RidgeMixture.self,
    ExplicitEffectiveData.self,
    ExplicitExponential.self,
    JointEffectiveData.self,
    JointPlain.self,
    JointAdditive.self,
    JointCapacity.self,
    JointWithoutMixture.self,
    FewShotTransfer.self,
    DomainContinual.self,
    NestedScaling.self,
]

package var mixtureLawCards: [LawCard] { mixtureLawCatalogue.map { $0.card } }
