import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

struct NextMixturesTests {
    /// A planted effective-data world of four domains.
    static func loss(_ r: [Double]) -> Double {
        let worth = zip([1.5, 0.8, 0.4, 0.1], r).reduce(0.1) { $0 + $1.0 * pow($1.1 + 1e-4, 0.6) }
        return 2 + pow(worth, -0.3)
    }

    static func data(_ count: Int, seed: UInt64 = 5) throws -> MixtureData {
        let names = domainNames(4)
        let region = try MixtureRegion(domains: names)
        let mixtures = region.sample(count, concentrations: [0.5, 0.5, 0.5, 0.5], seed: seed)
        let runs = mixtures.enumerated().map { index, mixture in
            MixtureData.Run(
                id: UUID(),
                name: "run \(index)",
                proportions: mixture,
                loss: loss(mixture)
            )
        }
        return MixtureData(domains: names, runs: runs)
    }

    @Test(arguments: NextMixtureRequest.Method.allCases)
    func `Suggestions are new, allowed, apart and the same each time`(
        method: NextMixtureRequest.Method
    ) throws {
        let data = try Self.data(16)
        var request = NextMixtureRequest(method: method, count: 5, seed: 2)
        request.constraints.bounds["d03"] = .init(low: 0.05)
        request.constraints.bounds["d00"] = .init(high: 0.5)
        request.trustRadius = 0.4
        let next = try NextMixtures(data, request)
        let plan = try next.plan()
        #expect(plan.runs.count == 5)
        let mixtures = plan.runs.map { listed($0.proportions) }
        for (index, mixture) in mixtures.enumerated() {
            #expect(mixture[3] >= 0.05 - 1e-9 && mixture[0] <= 0.5 + 1e-9)
            #expect(abs(mixture.reduce(0, +) - 1) < 1e-9)
            let distances = data.runs.map { run in
                zip(run.proportions, mixture).reduce(0) { $0 + abs($1.0 - $1.1) }
            }
            #expect((distances.min() ?? 9) <= 0.4 + 1e-9)
            for other in mixtures[..<index] { #expect(distance(other, mixture) > 1e-3) }
        }
        #expect(try NextMixtures(data, request).plan() == plan)
    }

    @Test(arguments: [
        NextMixtureRequest.Method.effectiveData, .expectedImprovement, .lowerBound,
    ])
    func `A law's suggestion is better than all runs and than chance`(
        method: NextMixtureRequest.Method
    ) throws {
        let data = try Self.data(24)
        var request = NextMixtureRequest(method: method, count: 1)
        request.explorationEvery = 0
        let run = try #require(try NextMixtures(data, request).plan().runs.first)
        #expect(run.purpose == .suggestion)
        let value = Self.loss(listed(run.proportions))
        // The optimum by the closed form, s^(1/(1−g)) scaled to sum 1.
        let best = [1.5, 0.8, 0.4, 0.1].map { pow($0, 2.5) }
        let sum = best.reduce(0, +)
        let optimum = Self.loss(best.map { $0 / sum })
        let observed = data.losses.min() ?? 0
        #expect(value - optimum < 0.5 * (observed - optimum))
        let prediction = try #require(run.prediction)
        #expect(abs(prediction - value) < 0.02)
    }

    @Test func `Every third run explores, and the first ones fill space`() throws {
        let request = NextMixtureRequest(method: .effectiveData, count: 6)
        let plan = try NextMixtures(try Self.data(15), request).plan()
        let wanted: [MixturePlan.Purpose] = [
            .suggestion, .suggestion, .exploration, .suggestion, .suggestion, .exploration,
        ]
        #expect(plan.runs.map(\.purpose) == wanted)
        let empty = MixtureData(domains: domainNames(4), runs: [])
        let early = try NextMixtures(empty, request).plan()
        #expect(early.runs.count == 6 && !early.runs.contains { $0.purpose == .suggestion })
    }

    @Test func `Expected improvement has the textbook's values`() {
        func value(_ mean: Double, _ deviation: Double) -> Double {
            Acquisition.expectedImprovement(mean: mean, deviation: deviation, best: 0)
        }
        #expect(abs(value(0, 1) - 0.398942280401) < 1e-11)
        #expect(abs(value(1, 1) - 0.083315470587) < 1e-11)
        #expect(abs(value(-1, 0.5) - 1.004245342) < 1e-8)
        #expect(value(5, 0.1) < 1e-12 && value(1, 0) == 0 && value(.nan, 1) == 0)
    }

    @Test(.needsPublicData(Swarm.regMixFile))
    func `On RegMix's runs the best is found from 12 random ones within 40`() throws {
        let pool = try Swarm.regMix(.train).runs + (try Swarm.regMix(.test).runs)
        let domains = try Swarm.regMix(.train).domains
        let best = try #require(pool.map(\.loss).min())
        let search = PoolSearch(domains: domains, pool: pool)
        let request = NextMixtureRequest(method: .effectiveData, count: 4, seed: 1)
        let losses = try search.run(request, from: 12, to: 40)
        #expect((losses.min() ?? 9) - best < 0.004)
        // Chance is left far behind: its regret at 40 runs is .07 in the mean.
        var regret = 0.0
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            let drawn = (0..<40).map { _ in pool[random.index(below: pool.count)].loss }
            regret += ((drawn.min() ?? 9) - best) / 20
        }
        #expect((losses.min() ?? 9) - best < 0.25 * regret)
    }

    @Test func `Requests that cannot be met say why`() throws {
        let data = try Self.data(14)
        var cases: [(NextMixtureRequest, String)] = []
        var request = NextMixtureRequest(method: .lowerBound)
        request.count = 0
        cases.append((request, "count"))
        request = NextMixtureRequest(method: .lowerBound)
        request.trustRadius = .nan
        cases.append((request, "trustRadius"))
        request = NextMixtureRequest(method: .lowerBound)
        request.candidates = [["d00": 0.5, "typo": 0.5]]
        cases.append((request, "typo"))
        request.candidates = [
            Dictionary(uniqueKeysWithValues: zip(domainNames(4), data.runs[3].proportions))
        ]
        cases.append((request, "trained already"))
        request = NextMixtureRequest(method: .lowerBound)
        request.sizes = [.init(parameterCount: 1e6, cost: 1)]
        cases.append((request, "expected-improvement"))
        request.method = .expectedImprovement
        cases.append((request, "number of parameters"))
        for (request, word) in cases {
            let error = #expect(throws: MixtureError.self) {
                try NextMixtures(data, request).plan()
            }
            #expect(error?.message.contains(word) == true)
        }
        var broken = data
        broken.runs[2].loss = .nan
        #expect(throws: MixtureError.self) {
            try NextMixtures(broken, NextMixtureRequest(method: .lowerBound))
        }
    }

    @Test(arguments: NextMixtureRequest.Method.allCases)
    func `Equal and extreme losses give an error or a plan, never a trap`(
        method: NextMixtureRequest.Method
    ) throws {
        for level in [1.0, 1e300, -1e300, 0] {
            var data = try Self.data(14)
            for index in data.runs.indices { data.runs[index].loss = level }
            _ = try? NextMixtures(data, NextMixtureRequest(method: method)).plan()
            data.runs[0].loss = -level
            _ = try? NextMixtures(data, NextMixtureRequest(method: method)).plan()
        }
    }
}

/// Sequential search over recorded runs, as if they were trained when suggested.
struct PoolSearch {
    var domains: [String]
    var pool: [MixtureData.Run]

    /// Losses in the order of training.
    func run(_ base: NextMixtureRequest, from start: Int, to end: Int) throws -> [Double] {
        var random = SplitMix64(seed: base.seed)
        var open = pool
        var data = MixtureData(domains: domains, runs: [])
        for _ in 0..<start { data.runs.append(open.remove(at: random.index(below: open.count))) }
        var request = base
        while data.runs.count < end, !open.isEmpty {
            request.count = min(base.count, end - data.runs.count)
            request.candidates = open.map {
                Dictionary(uniqueKeysWithValues: zip(domains, $0.proportions))
            }
            for suggestion in try NextMixtures(data, request).plan().runs {
                let wanted = domains.map { suggestion.proportions[$0] ?? 0 }
                let place = try #require(
                    open.firstIndex { distance($0.proportions, wanted) < 1e-9 }
                )
                data.runs.append(open.remove(at: place))
            }
        }
        return data.losses
    }
}
