/// Laws of learning rate and batch, in the order of pages.
let rateLaws: [any Law.Type] = [
    StepLaw.self,
    ConditionalLearningRate.self,
    ExpertStepLaw.self,
]
