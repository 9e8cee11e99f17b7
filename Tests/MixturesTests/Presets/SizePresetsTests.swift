import Mixtures
import TestSupport
import Testing

struct SizePresetsTests {
    @Test(.needsPublicData(Golden.file))
    func `Temperature gives the reference numbers`() throws {
        let golden = try Golden()["temperature"]
        let tokens = byName(try golden["tokens"].numbers)
        for entry in try golden["cases"].items {
            let found = try SizePresets.temperature(tokens: tokens, temperature: entry["T"].number)
            #expect(try distance(listed(found), entry["proportions"].numbers) < 1e-9)
        }
    }

    @Test(.needsPublicData(Golden.file))
    func `UniMax gives the reference numbers and says what it cannot place`() throws {
        let golden = try Golden()["uniMax"]
        let tokens = byName(try golden["tokens"].numbers)
        for entry in try golden["cases"].items {
            let budget = try entry["budget"].number
            let found = try SizePresets.uniMax(
                tokens: tokens,
                budget: budget,
                maxEpochs: entry["maxEpochs"].number
            )
            #expect(try distance(listed(found.amounts), entry["allocatedTokens"].numbers) < 1e-9)
            #expect(abs(found.unplaced - (budget == 6000 ? 960 : 0)) < 1e-9)
        }
    }

    @Test func `Temperature 1 is sampling by size and a high one is nearly uniform`() throws {
        let tokens = ["a": 3e12, "b": 1e12, "empty": 0]
        let plain = try SizePresets.temperature(tokens: tokens, temperature: 1)
        #expect(abs((plain["a"] ?? 0) - 0.75) < 1e-12 && plain["empty"] == 0)
        let flat = try SizePresets.temperature(tokens: tokens, temperature: 1e6)
        #expect(abs((flat["a"] ?? 0) - 0.5) < 1e-5)
        // Units of the sizes do not matter, not even absurd ones.
        let scaled = try SizePresets.temperature(
            tokens: tokens.mapValues { $0 * 1e15 },
            temperature: 0.01
        )
        #expect(scaled.values.allSatisfy { $0.isFinite })
    }

    @Test func `Bad sizes are named`() {
        for bad in [Double.nan, -1, 1e308, .infinity] {
            let error = #expect(throws: MixtureError.self) {
                try SizePresets.temperature(tokens: ["a": 1, "b": bad], temperature: 2)
            }
            #expect(error?.message.contains("b") == true)
        }
        #expect(throws: MixtureError.self) {
            try SizePresets.temperature(tokens: ["a": 0], temperature: 2)
        }
        #expect(throws: MixtureError.self) {
            try SizePresets.temperature(tokens: ["a": 1], temperature: 0)
        }
        #expect(throws: MixtureError.self) {
            try SizePresets.uniMax(tokens: [:], budget: 1, maxEpochs: 1)
        }
    }
}

struct CappedSharesTests {
    @Test func `Nothing exceeds its cap, all is placed and the open domains keep their ratio`()
        throws
    {
        let shares = try CappedShares(
            total: 100,
            weights: ["a": 5, "b": 3, "c": 2, "idle": 0],
            caps: ["a": 20]
        )
        #expect(distance(listed(shares.amounts), [20, 48, 32, 0]) < 1e-9)
        #expect(shares.unplaced == 0)
    }

    @Test func `Domains without a wish take only what no other can`() throws {
        let shares = try CappedShares(
            total: 10,
            weights: ["a": 1, "idle": 0],
            caps: ["a": 4, "idle": 5]
        )
        #expect(shares.amounts == ["a": 4, "idle": 5] && shares.unplaced == 1)
        #expect(abs(shares.proportions.values.reduce(0, +) - 1) < 1e-12)
    }

    @Test func `A cap for a domain that does not exist is an error that names it`() {
        let error = #expect(throws: MixtureError.self) {
            try CappedShares(total: 1, weights: ["a": 1], caps: ["typo": 1])
        }
        #expect(error?.message.contains("typo") == true)
    }
}
