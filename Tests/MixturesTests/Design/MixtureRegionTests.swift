import Foundation
import Mixtures
import ScalingLaws
import Testing

struct MixtureRegionTests {
    /// Bounds as most tests say them.
    static func region(
        _ domains: [String],
        minimum: [String: Double] = [:],
        maximum: [String: Double] = [:],
        groups: [MixtureConstraints.Group] = []
    ) throws -> MixtureRegion {
        var constraints = MixtureConstraints()
        constraints.groups = groups
        for (name, share) in minimum { constraints.bounds[name] = .init(low: share) }
        for (name, share) in maximum { constraints.bounds[name, default: .init()].high = share }
        return try MixtureRegion(domains: domains, constraints: constraints)
    }

    @Test func `The ends of each domain are the closed-form ones, and the centre is inside`() throws
    {
        let region = try Self.region(
            ["a", "b", "c", "d"],
            minimum: ["a": 0.1],
            maximum: ["b": 0.3, "c": 0.25],
            groups: [.init(name: "code", domains: ["c", "d"], low: 0.2, high: 0.6)]
        )
        // a: what the others must at least, and can at most, leave it.
        let most = region.corners.map { $0[0] }.max() ?? 0
        let least = region.corners.map { $0[0] }.min() ?? 0
        #expect(abs(most - 0.8) < 1e-9 && abs(least - 0.1) < 1e-9)
        #expect(abs((region.corners.map { $0[1] }.max() ?? 0) - 0.3) < 1e-9)
        #expect(abs((region.corners.map { $0[3] }.max() ?? 0) - 0.6) < 1e-9)
        #expect(region.corners.allSatisfy { region.contains($0) })
        #expect(region.contains(region.centre))
        #expect(region.centre[0] > 0.101 && region.centre[1] < 0.299)
        #expect(!region.contains([0.05, 0.3, 0.25, 0.4]))
        #expect(!region.contains([.nan, 0.3, 0.25, 0.4]))
    }

    @Test func `Bounds that exclude one another are explained with the smallest set`() throws {
        let domains = ["a", "b", "c"]
        func message(_ work: () throws -> MixtureRegion) -> String {
            let error = #expect(throws: MixtureError.self) { try work() }
            return error?.message ?? ""
        }
        let caps = message {
            try Self.region(domains, maximum: ["a": 0.2, "b": 0.3, "c": 0.3])
        }
        #expect(caps.contains("a at most 0.2") && caps.contains("c at most 0.3"))
        let low = message { try Self.region(domains, minimum: ["a": 0.6, "b": 0.5]) }
        #expect(low.contains("a at least 0.6") && low.contains("b at least 0.5"))
        let crossed = message { try Self.region(domains, minimum: ["a": 0.5], maximum: ["a": 0.4]) }
        #expect(crossed.contains("a at least 0.5") && crossed.contains("a at most 0.4"))
        let groups = message {
            try Self.region(
                domains,
                groups: [
                    .init(name: "first", domains: ["a", "b"], low: 0.7),
                    .init(name: "idle", domains: ["b", "c"], low: 0.1),
                    .init(name: "last", domains: ["c"], low: 0.5),
                ]
            )
        }
        #expect(groups.contains("first") && groups.contains("last") && !groups.contains("idle"))
        #expect(message { try Self.region(domains, maximum: ["typo": 1]) }.contains("typo"))
        #expect(message { try Self.region(domains, minimum: ["a": .nan]) }.contains("nan"))
        var ball = MixtureConstraints()
        ball.reference = ["a": 1]
        ball.distanceLimit = 0.5
        #expect(
            message { try MixtureRegion(domains: domains, constraints: ball) }.contains("distances")
        )
    }

    @Test func `Bounds say the same by domain, by side, and beside the other members`() throws {
        let texts = [
            #"{"constraints": {"bounds": {"a": {"low": 0.1, "high": 0.6}}}"#,
            #"{"constraints": {"minimum": {"a": 0.1}, "maximum": {"a": 0.6}}"#,
            #"{"minimum": {"a": 0.1}, "maximum": {"a": 0.6}"#,
            #"{"bounds": {"a": {"low": 0.1, "high": 0.6}}"#,
        ]
        let rest = #", "method": "uniform", "domains": ["a", "b"], "count": 3}"#
        for text in texts {
            let data = Data((text + rest).utf8)
            let request = try JSONDecoder().decode(MixtureDesignRequest.self, from: data)
            #expect(request.constraints.bounds == ["a": .init(low: 0.1, high: 0.6)])
            let again = try JSONDecoder().decode(
                MixtureDesignRequest.self,
                from: JSONEncoder().encode(request)
            )
            #expect(again == request)
        }
    }

    @Test func `Epoch caps bound a design as they bound an optimum`() throws {
        var constraints = MixtureConstraints()
        constraints.availableTokens = ["a": 1e10]
        constraints.targetTokens = 1e11
        constraints.maximumEpochs = 4
        let region = try MixtureRegion(domains: ["a", "b", "c"], constraints: constraints)
        #expect(abs((region.corners.map { $0[0] }.max() ?? 0) - 0.4) < 1e-12)
    }

    @Test func `A region of one mixture gives that mixture`() throws {
        let region = try Self.region(["a", "b"], minimum: ["a": 0.25, "b": 0.75])
        let found = region.sample(3, concentrations: [1, 1], seed: 1)
        #expect(found.count == 3 && found.allSatisfy { distance($0, [0.25, 0.75]) < 1e-12 })
    }

    @Test(arguments: [0.2, 1, 5])
    func `The walk has the distribution of rejection from a Dirichlet`(strength: Double) throws {
        let region = try Self.region(
            ["a", "b", "c"],
            minimum: ["a": 0.1],
            maximum: ["b": 0.6],
            groups: [.init(name: "g", domains: ["a", "b"], high: 0.9)]
        )
        let concentrations = [0.5, 0.3, 0.4].map { $0 * strength }
        let walked = region.sample(4000, concentrations: concentrations, seed: 5)
        #expect(walked.allSatisfy { region.contains($0) })
        var random = SplitMix64(seed: 9)
        var rejected: [[Double]] = []
        while rejected.count < 4000 {
            let draw = ReferenceSampler.dirichlet(concentrations, &random)
            if region.contains(draw) { rejected.append(draw) }
        }
        for domain in 0..<3 {
            let gap = ReferenceSampler.largestGap(
                walked.map { $0[domain] },
                rejected.map { $0[domain] }
            )
            // The walk's draws are somewhat dependent: twice the 1 % limit of independent ones.
            #expect(gap < 2 * 1.63 * (2.0 / 4000).squareRoot())
        }
    }

    @Test func `A group of fixed sum keeps it on the way`() throws {
        let region = try Self.region(
            domainNames(6),
            groups: [.init(name: "fixed", domains: ["d00", "d01", "d02"], low: 0.4, high: 0.4)]
        )
        let found = region.sample(200, concentrations: [1, 1, 1, 1, 1, 1], seed: 2)
        #expect(found.allSatisfy { abs($0[0] + $0[1] + $0[2] - 0.4) < 1e-9 })
        #expect(Set(found).count == 200)
    }
}

/// Draws written down once more in the plainest way, against which the product's are compared.
enum ReferenceSampler {
    /// Shapes below 1 by the power of a uniform number; tiny ones underflow to 0, as they do in the
    /// libraries that published designs came from.
    static func gamma(_ shape: Double, _ random: inout SplitMix64) -> Double {
        if shape < 1 { return gamma(shape + 1, &random) * pow(random.uniform(), 1 / shape) }
        let d = shape - 1.0 / 3
        while true {
            let x = random.normal()
            let v = pow(1 + x / (9 * d).squareRoot(), 3)
            if v > 0, log(random.uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
        }
    }

    static func dirichlet(_ concentrations: [Double], _ random: inout SplitMix64) -> [Double] {
        while true {
            let draws = concentrations.map { gamma($0, &random) }
            let sum = draws.reduce(0, +)
            if sum > 0 { return draws.map { $0 / sum } }
        }
    }

    /// Kolmogorov and Smirnov's distance of two samples.
    static func largestGap(_ a: [Double], _ b: [Double]) -> Double {
        let (first, second) = (a.sorted(), b.sorted())
        var (i, j, gap) = (0, 0, 0.0)
        while i < first.count, j < second.count {
            let value = min(first[i], second[j])
            while i < first.count, first[i] <= value { i += 1 }
            while j < second.count, second[j] <= value { j += 1 }
            gap = max(gap, abs(Double(i) / Double(first.count) - Double(j) / Double(second.count)))
        }
        return gap
    }
}
