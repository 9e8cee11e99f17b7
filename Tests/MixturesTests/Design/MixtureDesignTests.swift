import Foundation
import Mixtures
import ScalingLaws
import Testing

struct MixtureDesignTests {
    @Test(arguments: MixtureDesignRequest.Method.allCases)
    func `With 64 domains and a least share of 0.0005, every run is allowed`(
        method: MixtureDesignRequest.Method
    ) throws {
        let names = domainNames(64)
        var request = MixtureDesignRequest(method: method, domains: names, count: 40, seed: 3)
        for name in names { request.constraints.bounds[name] = .init(low: 0.0005) }
        request.constraints.bounds["d00"]?.high = 0.05
        request.constraints.bounds["d63"]?.high = 0.02
        request.constraints.groups = [
            .init(name: "code", domains: Array(names[..<16]), low: 0.2, high: 0.4)
        ]
        request.replicates = 2
        request.hasDeletions = true
        request.hasProbes = true
        let design = try MixtureDesign(request)
        let plan = try design.plan()
        let spread = plan.runs.filter { $0.purpose == .spread }
        #expect(spread.count == 40)
        #expect(Set(spread.map(\.proportions)).count == 40)
        #expect(plan.runs.filter { $0.purpose == .deletion }.count == 64)
        #expect(plan.runs.filter { $0.purpose == .probe }.count == 64)
        for run in plan.runs { #expect(design.region.contains(listed(run.proportions))) }
        #expect(Set(plan.runs.map(\.name)).count == plan.runs.count)
        #expect(try MixtureDesign(request).plan() == plan)
    }

    @Test func `Space filling keeps runs farther apart than chance does`() throws {
        func nearest(_ method: MixtureDesignRequest.Method) throws -> Double {
            let request = MixtureDesignRequest(method: method, domains: domainNames(5), count: 30)
            let mixtures = try MixtureDesign(request).plan().runs.map { listed($0.proportions) }
            var least = Double.infinity
            for (index, a) in mixtures.enumerated() {
                for b in mixtures[..<index] {
                    least = min(least, zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) })
                }
            }
            return least
        }
        #expect(try nearest(.spaceFilling) > 2 * nearest(.uniform))
    }

    @Test func `Space filling goes where the runs so far are not`() throws {
        let request = MixtureDesignRequest(
            method: .spaceFilling,
            domains: ["a", "b"],
            count: 1
        )
        let taken = [["a": 0.0, "b": 1], ["a": 0.3, "b": 0.7]]
        let run = try #require(try MixtureDesign(request, taken: taken).plan().runs.first)
        #expect((run.proportions["a"] ?? 0) > 0.95)
    }

    @Test(arguments: OptimalDesign.Features.allCases)
    func `A D-optimal choice has more information than chance and than its greedy start`(
        features: OptimalDesign.Features
    ) throws {
        let names = domainNames(8)
        let region = try MixtureRegion(domains: names)
        let pool = region.sample(
            400,
            concentrations: [Double](repeating: 0.4, count: 8),
            seed: 7
        )
        var design = OptimalDesign(pool, features: features)
        design.choose(16, seed: 1, isFirstRandom: false)
        #expect(Set(design.chosen).count == 16)
        let own = OptimalDesign.logDeterminant(design.chosen.map { pool[$0] }, features: features)
        var random = SplitMix64(seed: 4)
        var best = -Double.infinity
        for _ in 0..<50 {
            let chance = (0..<16).map { _ in pool[random.index(below: pool.count)] }
            best = max(best, OptimalDesign.logDeterminant(chance, features: features))
        }
        // Twice the information in each direction, at least, over the best of fifty.
        #expect(own > best + 8 * log(1.25))
        // Other starts end at nearly the same optimum.
        var other = OptimalDesign(pool, features: features)
        other.choose(16, seed: 2, isFirstRandom: true)
        let second = OptimalDesign.logDeterminant(other.chosen.map { pool[$0] }, features: features)
        #expect(abs(own - second) < 0.5)
    }

    @Test
    func `Runs without a domain keep the ratio of the others, and replicates are the reference`()
        throws
    {
        var request = MixtureDesignRequest(
            method: .dirichlet,
            domains: ["a", "b", "c"],
            count: 0
        )
        request.reference = ["a": 0.5, "b": 0.3, "c": 0.2]
        request.replicates = 3
        request.hasDeletions = true
        request.hasProbes = true
        let plan = try MixtureDesign(request).plan()
        let replicates = plan.runs.filter { $0.purpose == .replicate }
        #expect(replicates.count == 3)
        #expect(
            replicates.allSatisfy { distance(listed($0.proportions), [0.5, 0.3, 0.2]) < 1e-12 }
        )
        let deletion = try #require(plan.runs.first { $0.purpose == .deletion && $0.domain == "a" })
        #expect(distance(listed(deletion.proportions), [0, 0.6, 0.4]) < 1e-12)
        let probe = try #require(plan.runs.first { $0.purpose == .probe && $0.domain == "c" })
        #expect(distance(listed(probe.proportions), [0.1875, 0.1125, 0.7]) < 1e-12)
    }

    @Test func `A reference outside the bounds is moved inside, and the plan says so`() throws {
        var request = MixtureDesignRequest(method: .uniform, domains: ["a", "b"], count: 1)
        request.reference = ["a": 1, "b": 0]
        request.constraints.bounds["a"] = .init(high: 0.6)
        let design = try MixtureDesign(request)
        #expect(design.region.contains(design.reference))
        #expect(design.reference[0] > 0.59)
        #expect(try design.plan().notes.contains { $0.contains("outside the bounds") })
    }

    @Test func `Requests that cannot be meant are refused by name`() {
        let base = MixtureDesignRequest(method: .uniform, domains: ["a", "b"], count: 4)
        var cases: [(MixtureDesignRequest, String)] = []
        var request = base
        request.count = -1
        cases.append((request, "count"))
        request = base
        request.domains = ["a", "a"]
        cases.append((request, "each once"))
        request = base
        request.reference = ["a": 0.5, "x": 0.5]
        cases.append((request, "x"))
        request = base
        request.reference = ["a": 0.5, "b": 0.1]
        cases.append((request, "0.6"))
        request = base
        request.candidates = [["a": 1.0]]
        request.constraints.bounds["a"] = .init(high: 0.5)
        request.method = .spaceFilling
        cases.append((request, "candidate"))
        request = base
        request.strength = .nan
        cases.append((request, "strength"))
        request = base
        request.regmix.step = 0
        cases.append((request, "RegMix"))
        for (request, word) in cases {
            let error = #expect(throws: MixtureError.self) {
                try MixtureDesign(request).plan()
            }
            #expect(error?.message.contains(word) == true)
        }
    }

    @Test func `A request of a few members is read with defaults`() throws {
        let text = #"{"method": "d-optimal", "domains": ["a", "b", "c"], "count": 5}"#
        let request = try JSONDecoder().decode(
            MixtureDesignRequest.self,
            from: Data(text.utf8)
        )
        #expect(
            request == MixtureDesignRequest(method: .dOptimal, domains: ["a", "b", "c"], count: 5)
        )
        #expect(try MixtureDesign(request).plan().runs.count == 5)
    }
}
