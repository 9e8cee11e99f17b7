import Foundation
import Mixtures
import ScalingLaws
import Testing

struct OnlineMixtureTests {
    static let names = ["web", "code", "books"]

    static func specification(_ rule: String) -> OnlineSpecification {
        let graph = [
            "web": ["web": 1.0, "books": 0.5], "code": ["code": 1], "books": ["books": 1],
        ]
        return OnlineSpecification(
            rule: rule,
            domains: names,
            start: ["web": 0.5, "code": 0.3, "books": 0.2],
            graph: rule == "skill-it" ? graph : nil
        )
    }

    static func observations(_ count: Int, seed: UInt64 = 3) -> [OnlineObservation] {
        var random = SplitMix64(seed: seed)
        return (1...count).map { step in
            var losses: [String: Double] = [:]
            var reference: [String: Double] = [:]
            var products: [String: [String: Double]] = [:]
            let gradients = names.map { _ in [random.normal(), random.normal()] }
            for (index, name) in names.enumerated() {
                losses[name] = 2 + random.uniform()
                reference[name] = 2 + random.uniform()
                for (other, gradient) in zip(names, gradients) {
                    products[name, default: [:]][other] =
                        gradients[index][0] * gradient[0] + gradients[index][1] * gradient[1]
                }
            }
            return OnlineObservation(
                step: Int64(10 * step),
                losses: losses,
                referenceLosses: reference,
                sampledDomain: names[step % 3],
                gradientProducts: products
            )
        }
    }

    @Test(arguments: onlineRuleCards.map(\.id))
    func `Weights stay on the simplex, and a stored rule goes on where it was`(rule: String) throws
    {
        var whole = try OnlineMixture(Self.specification(rule))
        var stored = try JSONEncoder().encode(try OnlineMixture(Self.specification(rule)))
        for observation in Self.observations(60) {
            #expect(try whole.observe(observation) == .moved)
            var resumed = try JSONDecoder().decode(OnlineMixture.self, from: stored)
            try resumed.observe(observation)
            stored = try JSONEncoder().encode(resumed)
            #expect(resumed.weights == whole.weights && resumed.answer == whole.answer)
            #expect(abs(whole.weights.values.reduce(0, +) - 1) < 1e-9)
            #expect(whole.weights.values.allSatisfy { $0 >= 0 })
        }
        #expect(whole.count == 60 && whole.step == 600)
    }

    @Test(arguments: onlineRuleCards.map(\.id))
    func `A repeated observation changes nothing, and a contradiction is refused`(rule: String)
        throws
    {
        var mixture = try OnlineMixture(Self.specification(rule))
        let sent = Self.observations(3)
        for observation in sent { try mixture.observe(observation) }
        let weights = mixture.weights
        #expect(try mixture.observe(sent[2]) == .repeated)
        #expect(try mixture.observe(sent[0]) == .late)
        var other = sent[2]
        other.losses?["web"] = 9
        #expect(throws: MixtureError.self) { try mixture.observe(other) }
        #expect(mixture.weights == weights && mixture.count == 3)
    }

    @Test(arguments: onlineRuleCards.map(\.id))
    func `Hostile observations are refused by name and leave the weights alone`(rule: String) throws
    {
        var mixture = try OnlineMixture(Self.specification(rule))
        let before = mixture.weights
        for bad in [Double.nan, .infinity, -1, 1e308] {
            let error = #expect(throws: MixtureError.self) {
                try mixture.observe(.init(step: 1, losses: ["web": bad, "code": 1, "books": 1]))
            }
            #expect(error?.message.contains("web") == true)
        }
        #expect(throws: MixtureError.self) {
            try mixture.observe(.init(step: 1, losses: ["web": 1], sampledDomain: "typo"))
        }
        #expect(mixture.weights == before && mixture.count == 0)
        // The largest losses that are taken do not leave the simplex either.
        _ = try? mixture.observe(.init(step: 2, losses: ["web": 1e12, "code": 0, "books": 0]))
        #expect(mixture.weights.values.allSatisfy { $0.isFinite && $0 >= 0 })
    }

    @Test func `No weight of online data mixing falls below its exploration`() throws {
        var mixture = try OnlineMixture(.init(rule: "online-data-mixing", domains: Self.names))
        for (index, observation) in Self.observations(200).enumerated() {
            var skewed = observation
            skewed.losses = ["web": 9, "code": 0.1, "books": 0.1]
            try mixture.observe(skewed)
            let floor = ExplorationRate.value(domains: 3, time: index + 1)
            #expect((mixture.weights.values.min() ?? 0) >= floor - 1e-12)
        }
        #expect((mixture.weights["web"] ?? 0) > 0.5)
    }

    @Test func `A domain absent from a step keeps its last excess in DoReMi`() throws {
        func run(_ second: [String: Double]) throws -> [String: Double] {
            var mixture = try OnlineMixture(Self.specification("doremi"))
            try mixture.observe(
                .init(step: 1, excessLosses: ["web": 0.4, "code": 0.1, "books": 0])
            )
            try mixture.observe(.init(step: 2, excessLosses: second))
            return mixture.weights
        }
        #expect(try run(["code": 0.1]) == run(["web": 0.4, "code": 0.1, "books": 0]))
        #expect(try run(["web": 0, "code": 0.1]) != run(["code": 0.1]))
    }

    @Test func `DoGE with targets raises the domain whose gradient points at them`() throws {
        var mixture = try OnlineMixture(.init(rule: "doge", domains: Self.names))
        var observation = Self.observations(1)[0]
        observation.targetProducts = ["web": ["t": 4], "code": ["t": 0.1], "books": ["t": -3]]
        try mixture.observe(observation)
        let weights = mixture.weights
        #expect((weights["web"] ?? 0) > (weights["code"] ?? 0))
        #expect((weights["code"] ?? 0) > (weights["books"] ?? 0))
    }

    @Test func `Specifications that cannot work say why`() {
        let bad: [(OnlineSpecification, String)] = [
            (.init(rule: "nope", domains: Self.names), "nope"),
            (.init(rule: "doremi", domains: ["a"]), "2 to 1,000"),
            (.init(rule: "doremi", domains: ["a", "a"]), "each once"),
            (.init(rule: "doremi", domains: ["a", "b"], start: ["a": 0.9, "c": 0.1]), "c"),
            (.init(rule: "doremi", domains: ["a", "b"], start: ["a": 0.5, "b": 0.2]), "0.7"),
            (.init(rule: "doremi", domains: ["a", "b"], settings: ["eta": .nan]), "eta"),
            (.init(rule: "doremi", domains: ["a", "b"], settings: ["rate": 1]), "rate"),
            (.init(rule: "skill-it", domains: ["a", "b"]), "graph"),
            (.init(rule: "skill-it", domains: ["a", "b"], graph: ["x": ["a": 1]]), "x"),
        ]
        for (specification, word) in bad {
            let error = #expect(throws: MixtureError.self) { try OnlineMixture(specification) }
            #expect(error?.message.contains(word) == true)
        }
    }
}

struct OnlineReplayTests {
    @Test(arguments: onlineRuleCards.map(\.id))
    func `A replay ends where the rule itself does, in any order of steps`(rule: String) throws {
        let specification = OnlineMixtureTests.specification(rule)
        let logged = OnlineMixtureTests.observations(25)
        var mixture = try OnlineMixture(specification)
        for observation in logged { try mixture.observe(observation) }
        let replay = try OnlineReplay(specification, logged.reversed() + [logged[4]])
        #expect(replay.weights == mixture.weights && replay.answer == mixture.answer)
        #expect(replay.trace.map(\.step) == logged.map(\.step))
        #expect(replay.skipped.isEmpty)
        let stratified = try #require(replay.stratifiedLoss)
        let own = try #require(replay.sampledLoss)
        if rule == "stratified" {
            #expect(replay.distanceToStratified == 0 && abs(own - stratified) < 1e-12)
        } else {
            #expect(replay.distanceToStratified > 0)
        }
    }

    @Test func `Steps that cannot be read are named, the others count`() throws {
        var logged = OnlineMixtureTests.observations(5)
        logged[2].losses = ["web": .nan]
        let replay = try OnlineReplay(OnlineMixtureTests.specification("doremi"), logged)
        #expect(replay.trace.count == 4 && replay.skipped.count == 1)
        #expect(replay.skipped.first?.contains("step 30") == true)
        #expect(throws: MixtureError.self) {
            try OnlineReplay(OnlineMixtureTests.specification("doremi"), [])
        }
    }
}
