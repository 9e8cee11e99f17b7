/// Every law that can be fitted, in the order pages list them. API, CLI, pages and the contract
/// suite read this list.
package let lawCatalogue =
    rateLaws + coreLaws + expertLaws + transferLaws + fineTuningLaws

private let coreLaws: [any Law.Type] = [
    Chinchilla.self, ChinchillaTied.self, ChinchillaVPNLS.self, MiniCPM.self, Kaplan.self,
    OverTraining.self, Farseer.self, ThreeTerm.self, DataConstrained.self, IsoFLOP.self,
    Stack.self,
    CriticalBatch.self,
    GradientNoiseScale.self,
    Annealing.self,
]

/// Cards of all laws and of the published rules that are evaluated and never fitted.
package var lawCards: [LawCard] {
    lawCatalogue.map { $0.card } + publishedRules + transferRules + fineTuningRules
}
