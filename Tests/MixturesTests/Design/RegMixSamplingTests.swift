import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

struct RegMixSamplingTests {
    /// Shares of tokens of RegMix's domains, in the order of its files (its repository).
    static let prior = [
        0.11329, 0.07961, 0.00391, 0.18538, 0.05108, 0.01596, 0.10175, 0.00371, 0.06653, 0.00175,
        0.02709, 0.23687, 0.01184, 0.00793, 0.00803, 0.03883, 0.04645,
    ]

    static var shares: [Double] {
        let sum = prior.reduce(0, +)
        return prior.map { $0 / sum }
    }

    /// RegMix's procedure as its paper and code tell it: a Dirichlet draw of a strength taken at
    /// random, thrown away beyond 15 epochs, small shares dropped, rounded, repeats dropped, and
    /// some of the many that are left. Here 20 attempts for each run instead of 100.
    static func published(_ count: Int, seed: UInt64) -> [[Double]] {
        var random = SplitMix64(seed: seed)
        let flat = shares.map { $0.squareRoot() }
        let sum = flat.reduce(0, +)
        var found = Set<[Double]>()
        for _ in 0..<20 * count {
            let strength = pow(10, -1 + Double(random.index(below: 15)) / 14 * log10(50))
            let draw = ReferenceSampler.dirichlet(flat.map { $0 / sum * strength }, &random)
            guard zip(draw, shares).allSatisfy({ $0 <= min(15 * $1, 1) }) else { continue }
            let large = draw.map { $0 < 2e-4 ? 0 : $0 }
            let rest = large.reduce(0, +)
            found.insert(large.map { ($0 / rest / 2e-4).rounded() })
        }
        let order = found.sorted { $0.lexicographicallyPrecedes($1) }.shuffled(using: &random)
        return order.prefix(count).map { $0.map { $0 * 2e-4 } }
    }

    @Test func `Designs have the published distribution`() throws {
        let region = try MixtureRegion(domains: domainNames(17))
        var sampling = RegMixSampling()
        sampling.attemptsPerRun = 20
        let sample = try sampling.sample(1500, prior: Self.shares, region: region, seed: 3)
        #expect(sample.mixtures.count == 1500 && sample.kept >= 1500)
        #expect(Set(sample.mixtures).count == 1500)
        let published = Self.published(1500, seed: 8)
        // Kolmogorov and Smirnov's limit at 3 in 10,000 for each of the 19 comparisons.
        let limit = 2.1 * (2.0 / 1500).squareRoot()
        for domain in 0..<17 {
            let gap = ReferenceSampler.largestGap(
                sample.mixtures.map { ($0[domain] / 2e-4).rounded() },
                published.map { ($0[domain] / 2e-4).rounded() }
            )
            #expect(gap < limit)
        }
        func zeros(_ mixtures: [[Double]]) -> [Double] {
            mixtures.map { mixture in Double(mixture.filter { $0 == 0 }.count) }
        }
        func greatest(_ mixtures: [[Double]]) -> [Double] { mixtures.map { $0.max() ?? 0 } }
        #expect(ReferenceSampler.largestGap(zeros(sample.mixtures), zeros(published)) < limit)
        #expect(ReferenceSampler.largestGap(greatest(sample.mixtures), greatest(published)) < limit)
        for mixture in sample.mixtures {
            #expect(abs(mixture.reduce(0, +) - 1) < 1e-9)
            #expect(mixture.allSatisfy { $0 == 0 || $0 > 1.9e-4 })
        }
    }

    @Test(.needsPublicData(Swarm.regMixFile))
    func `No released mixture repeats a domain more often than designs may`() throws {
        let released = try Swarm.regMix(.train).runs.map(\.proportions)
        let region = try MixtureRegion(domains: domainNames(17))
        let sample = try RegMixSampling().sample(512, prior: Self.shares, region: region, seed: 4)
        func epochs(_ mixtures: [[Double]]) -> Double {
            mixtures.map { zip($0, Self.shares).map { $0 / $1 }.max() ?? 0 }.max() ?? 0
        }
        // Released shares are rounded to three decimals, a seventh of the smallest cap.
        #expect(epochs(released) < 15.5 && epochs(released) > 14)
        #expect(epochs(sample.mixtures) <= 15 + 1e-6 && epochs(sample.mixtures) > 14)
    }

    @Test func `Where the original keeps nothing, runs come from the walk and stay inside`() throws
    {
        let names = domainNames(64)
        var request = MixtureDesignRequest(method: .regmix, domains: names, count: 50)
        for name in names { request.constraints.bounds[name] = .init(low: 0.0005) }
        let plan = try MixtureDesign(request).plan()
        #expect(plan.runs.count == 50 && Set(plan.runs.map(\.proportions)).count == 50)
        #expect(plan.runs.allSatisfy { $0.proportions.values.allSatisfy { $0 >= 0.0005 - 1e-12 } })
        #expect(plan.notes.contains { $0.contains("walk") })
    }
}

struct RegMixSimulationTests {
    /// A bowl around a mixture.
    struct Bowl: FittedMixtureLaw {
        var best: [Double]

        func loss(at proportions: [Double]) -> Double {
            zip(best, proportions).reduce(2) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
    }

    @Test func `The mean of the best draws comes near the optimum, nearer than the prior`() throws {
        let bowl = Bowl(best: [0.6, 0.3, 0.1])
        let prior = ["a": 0.2, "b": 0.3, "c": 0.5]
        let found = try RegMixSimulation(
            bowl,
            domains: ["a", "b", "c"],
            prior: prior,
            draws: 20_000
        )
        #expect(distance(listed(found.proportions), bowl.best) < 0.03)
        #expect(found.loss < found.priorLoss - 0.2)
        let again = try RegMixSimulation(
            bowl,
            domains: ["a", "b", "c"],
            prior: prior,
            draws: 20_000
        )
        #expect(found == again)
        #expect(throws: MixtureError.self) {
            try RegMixSimulation(bowl, domains: ["a", "b", "c"], prior: prior, draws: 0)
        }
    }
}

struct PlanExportTests {
    static func plan() throws -> MixturePlan {
        var request = MixtureDesignRequest(
            method: .regmix,
            domains: ["the_pile_arxiv", "a: \"odd\" name", "books"],
            count: 3
        )
        request.reference = ["the_pile_arxiv": 0.5, "a: \"odd\" name": 0.2, "books": 0.3]
        request.replicates = 1
        return try MixtureDesign(request).plan()
    }

    @Test func `JSON reads back as the same plan`() throws {
        let plan = try Self.plan()
        let files = try PlanExport.files(plan, as: .json)
        let text = try #require(files.first?.text)
        #expect(try JSONDecoder().decode(MixturePlan.self, from: Data(text.utf8)) == plan)
    }

    @Test func `CSV has a header of domains and a line for each run`() throws {
        let plan = try Self.plan()
        let lines = try PlanExport.files(plan, as: .csv)[0].text.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0] == #"index,the_pile_arxiv,"a: ""odd"" name",books"#)
        #expect(lines[4] == "mixture-0004,0.5,0.2,0.3")
    }

    @Test func `RegMix's files have a line for each domain of a share`() throws {
        let plan = try Self.plan()
        let files = try PlanExport.files(plan, as: .regmix)
        #expect(files.map(\.name) == (1...4).map { "mixture-000\($0).yaml" })
        #expect(files[3].text.contains("  train_the_pile_arxiv: 0.5\n"))
        #expect(files[3].text.contains(#"  "train_a: \"odd\" name": 0.2"#))
        for (file, run) in zip(files, plan.runs) {
            let lines = file.text.split(separator: "\n").filter { $0.hasPrefix("  ") }
            #expect(lines.count == run.proportions.values.filter { $0 > 0 }.count)
        }
    }

    @Test func `YAML quotes names and never writes an exponent`() throws {
        var plan = try Self.plan()
        plan.runs[0].proportions["books"] = 2e-7
        let text = try PlanExport.files(plan, as: .yaml)[0].text
        #expect(text.contains(#"      "a: \"odd\" name": "#))
        #expect(text.contains(#"      "books": 0.000000200000000"#))
        #expect(text.firstMatch(of: /[0-9]e-/) == nil)
    }
}
