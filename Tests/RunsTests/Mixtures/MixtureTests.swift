import Runs
import Testing

@Suite struct MixtureTests {
    @Test func `shares that sum to one are kept and raise no word`() throws {
        let mixture = try Mixture(["code": "0.4", "prose": "0.6"])
        #expect(mixture.shares == ["code": 0.4, "prose": 0.6])
        #expect(mixture.quirks.isEmpty)
    }

    struct Quirk: Sendable {
        var texts: [String: String]
        var kinds: Set<MixtureWarning.Kind>
    }

    private static let quirks: [Quirk] = [
        Quirk(texts: ["a": "0.4995", "b": "0.5"], kinds: [.rounded]),
        Quirk(texts: ["a": "0.497", "b": "0.5"], kinds: [.sumOffOne, .rounded]),
        Quirk(texts: ["a": "0.4970000001", "b": "0.5"], kinds: [.sumOffOne]),
        Quirk(texts: ["a": "1.02"], kinds: [.sumOffOne, .rounded]),
        Quirk(texts: ["a": "40", "b": "60"], kinds: [.percent]),
        Quirk(texts: [" a": "0.5", "a": "0.5", "b": "0.5"], kinds: [.duplicateDomain]),
    ]

    @Test(arguments: quirks)
    func `what is set right is named, and the shares sum to one`(quirk: Quirk) throws {
        let mixture = try Mixture(quirk.texts)
        #expect(mixture.quirks == quirk.kinds)
        #expect(abs(mixture.shares.values.reduce(0, +) - 1) < 1e-12)
    }
    @Test(arguments: [
        ["a": "0.5"], ["a": "-0.1", "b": "1.1"], ["a": "nan", "b": "1"],
        ["a": "1e308", "b": "1e308"],
        ["a": "0", "b": "0"], ["a": "half", "b": "0.5"], ["a": "0.5", " a ": "0.6", "b": "0.5"],
        [" ": "1"], [:], ["a": "-inf", "b": "1"], ["a": "0x1p-1", "b": "0.5"],
    ])
    func `shares that mean nothing are refused with a reason`(texts: [String: String]) {
        #expect(throws: MixtureFault.self) { try Mixture(texts) }
    }

    @Test func `a fault names the share and what was expected`() {
        let error = #expect(throws: MixtureFault.self) { try Mixture(["a": "-0.1", "b": "1.1"]) }
        #expect(error?.name == "a")
        #expect(error?.reason.contains("-0.1") == true)
    }
}

@Suite struct RunMixtureTests {
    @Test func `a run without shares has no mixture`() throws {
        #expect(try RunMixture(params: ["lr": "0.1", "availableTokens/a": "5"]) == nil)
    }

    @Test func `what was trained on counts before what was asked for`() throws {
        let params = [
            "mixture/a": "0.5", "mixture/b": "0.5", "achievedMixture/a": "0.6",
            "achievedMixture/b": "0.4", "availableTokens/a": "1.5B", "availableTokens/b": "0",
        ]
        let run = try #require(try RunMixture(params: params))
        #expect(run.effective.shares == ["a": 0.6, "b": 0.4])
        #expect(run.requested?.shares == ["a": 0.5, "b": 0.5])
        #expect(run.isOffRequest)
        #expect(run.availableTokens == ["a": 1.5e9, "b": 0])
    }

    @Test func `domains may have slashes in their names`() throws {
        let run = try RunMixture(params: ["mixture/pile/arxiv": "0.25", "mixture/pile/cc": "0.75"])
        #expect(run?.effective.shares == ["pile/arxiv": 0.25, "pile/cc": 0.75])
    }

    @Test func `phases are kept in order and averaged by their tokens`() throws {
        let params = [
            "mixture@decay/a": "1", "mixture@main/a": "0.2", "mixture@main/b": "0.8",
            "phaseStartTokens/main": "0", "phaseEndTokens/main": "3e9",
            "phaseStartTokens/decay": "3e9", "phaseEndTokens/decay": "4e9",
        ]
        let run = try #require(try RunMixture(params: params))
        #expect(run.phases.map(\.name) == ["main", "decay"])
        #expect(run.phases.map(\.endTokens) == [3e9, 4e9])
        #expect(abs((run.effective.shares["a"] ?? 0) - 0.4) < 1e-12)
        #expect(abs((run.effective.shares["b"] ?? 0) - 0.6) < 1e-12)
    }

    @Test(arguments: [
        ["mixture@main/a": "1", "mixture@end/a": "1"],
        [
            "mixture@main/a": "1", "phaseStartTokens/main": "5", "phaseEndTokens/main": "5",
        ],
        ["mixture/a": "1", "availableTokens/a": "many"],
        ["mixture/a": "1", "availableTokens/a": "-1"],
    ])
    func `phases and tokens that say nothing are refused`(params: [String: String]) {
        #expect(throws: MixtureFault.self) { try RunMixture(params: params) }
    }
}
