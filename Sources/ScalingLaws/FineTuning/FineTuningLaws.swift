/// Laws of fine-tuning, in the order pages list them.
package let fineTuningLaws: [any Law.Type] = [
    RectifiedLaw.self,
    FineTuningJoint.self,
    ModelSelection.self,
]
