import Foundation
import Mixtures
import TestSupport
import Testing

@Suite(.needsPublicData(Golden.file))
struct OnlineGoldenTests {
    @Test(arguments: [
        ("online-data-mixing", "exp3"), ("online-data-mixing-smoothed", "smoothedExponential"),
        ("online-data-mixing-linear", "smoothedLinear"),
    ])
    func `Online data mixing follows the reference trace`(rule: String, entry: String) throws {
        let golden = try Golden()["onlineRules"]["odm"]
        let losses = try golden["lossNats"].numbers
        var mixture = try OnlineMixture(.init(rule: rule, domains: domainNames(3)))
        for (step, wanted) in try golden[entry]["proportionsByStep"].rows.enumerated() {
            let domain = domainName(step % 3)
            try mixture.observe(
                .init(
                    step: Int64(step + 1),
                    losses: [domain: losses[step % 3]],
                    sampledDomain: domain
                )
            )
            #expect(distance(listed(mixture.weights), wanted) < 1e-9)
        }
    }

    @Test func `DoReMi follows the reference, and its answer is the average`() throws {
        let golden = try Golden()["onlineRules"]["doremi"]
        var mixture = try OnlineMixture(
            .init(
                rule: "doremi",
                domains: domainNames(3),
                start: byName(golden["start"].numbers),
                settings: ["eta": golden["eta"].number, "smoothing": golden["smoothing"].number]
            )
        )
        let wanted = try golden["proportionsByStep"].rows
        for (step, excess) in try golden["excessLossByStep"].rows.enumerated() {
            // The same excess as the difference of two losses.
            let proxy = byName(excess).mapValues { $0 + 2 }
            try mixture.observe(
                .init(
                    step: Int64(step),
                    losses: proxy,
                    referenceLosses: byName([2, 2, 2])
                )
            )
            #expect(distance(listed(mixture.weights), wanted[step]) < 1e-9)
        }
        let average = try golden["average"].numbers
        #expect(distance(listed(mixture.answer), average) < 1e-9)
    }

    @Test func `DoGE's step is the reference's, from inner products alone`() throws {
        let golden = try Golden()["onlineRules"]["doge"]
        let rows = try golden["gradientRowsPerDomain"].rows
        var products: [String: [String: Double]] = [:]
        for (i, a) in rows.enumerated() {
            for (j, b) in rows.enumerated() {
                let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
                products[domainName(i), default: [:]][domainName(j)] = product
            }
        }
        let clip = try golden["scoreClipPerLearningRate"].numbers
        let specification = OnlineSpecification(
            rule: "doge",
            domains: domainNames(3),
            start: byName(try golden["start"].numbers),
            settings: [
                "learningRate": try golden["learningRate"].number, "mu": try golden["mu"].number,
                "least": clip[0], "most": clip[1],
            ]
        )
        var mixture = try OnlineMixture(specification)
        try mixture.observe(.init(step: 1, gradientProducts: products))
        let wanted = try golden["proportions"].numbers
        #expect(distance(listed(mixture.weights), wanted) < 1e-9)
    }

    @Test func `Skill-It's step is the reference's`() throws {
        let golden = try Golden()["onlineRules"]["skillIt"]
        let rows = try golden["graphRowsTrainColumnsTarget"].rows
        var graph: [String: [String: Double]] = [:]
        for (index, row) in rows.enumerated() { graph[domainName(index)] = byName(row) }
        var mixture = try OnlineMixture(
            .init(
                rule: "skill-it",
                domains: domainNames(3),
                settings: ["eta": golden["eta"].number],
                graph: graph
            )
        )
        // Two halves of the window's sum.
        let half = try golden["summedWindowLoss"].numbers.map { $0 / 2 }
        try mixture.observe(.init(step: 1, losses: byName(half)))
        try mixture.observe(.init(step: 2, losses: byName(half)))
        let wanted = try golden["proportions"].numbers
        #expect(distance(listed(mixture.weights), wanted) < 1e-9)
    }

    @Test func `The exploration rate falls as the reference says`() throws {
        let golden = try Golden()["onlineRules"]["odm"]["epsilon"]
        let three = (1...12).map { ExplorationRate.value(domains: 3, time: $0) }
        let wanted = try golden["K3"].numbers
        #expect(distance(three, wanted) < 1e-12)
        let late = try golden["K5_t1000"].number
        #expect(abs(ExplorationRate.value(domains: 5, time: 1000) - late) < 1e-12)
        #expect(ExplorationRate.value(domains: 5, time: 1) == 0.2)
    }
}
