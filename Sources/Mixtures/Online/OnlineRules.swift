/// Every rule, in the order that pages list them; the stratified baseline first.
package let onlineRuleCatalogue: [any OnlineRule.Type] = [
    StratifiedSampling.self,
    OnlineDataMixing.self,
    SmoothedDataMixing.self,
    LinearDataMixing.self,
    DoReMi.self,
    DoGE.self,
    SkillIt.self,
]

package var onlineRuleCards: [OnlineRuleCard] { onlineRuleCatalogue.map { $0.card } }

package enum OnlineRules {
    static func type(of id: String) throws(MixtureError) -> any OnlineRule.Type {
        for rule in onlineRuleCatalogue where rule.card.id == id { return rule }
        throw .invalid(
            field: "rule",
            reason: "There is no rule \(id); the rules are "
                + onlineRuleCatalogue.map { $0.card.id }.joined(separator: ", ") + "."
        )
    }
}

/// Fixed weights: what every rule must beat. No published rule does so on all data (arXiv
/// 2411.05735), so it stands beside each.
package struct StratifiedSampling: OnlineRule {
    package static let card = OnlineRuleCard(
        id: "stratified",
        title: "Stratified sampling",
        equation: "p_i = w0_i",
        citation: "Baseline of Aioli, arXiv 2411.05735",
        settings: [],
        reads: [],
        averages: false
    )

    package private(set) var weights: [Double]

    package init(_ setup: OnlineSetup) { weights = setup.start }

    package mutating func observe(_ sample: OnlineSample) {}
}
