import Foundation
import Mixtures
import ScalingLaws
import Testing

/// Choices among sizes in a world where small models tell much of the target's optimum, not all.
struct SizedSuggestionTests {
    static let small = 1e7
    static let large = 1e9
    static let names = domainNames(4)

    static func loss(_ r: [Double], size: Double) -> Double {
        // Worths drift with size, so the small optimum is not the large one.
        let drift = log(size / large) / log(small / large)
        let worths = [1.5, 0.8 + 0.25 * drift, 0.4, 0.1]
        let utility = zip(worths, r).reduce(0.1) { $0 + $1.0 * pow($1.1 + 1e-4, 0.6) }
        return 1.5 + pow(utility, -0.3) + 3 * pow(size, -0.05)
    }

    static func run(_ mixture: [Double], size: Double) -> MixtureData.Run {
        MixtureData.Run(
            id: UUID(),
            name: "run",
            proportions: mixture,
            loss: loss(mixture, size: size),
            parameterCount: size
        )
    }

    static func data(seed: UInt64) throws -> MixtureData {
        let region = try MixtureRegion(domains: names)
        let mixtures = region.sample(12, concentrations: [0.6, 0.6, 0.6, 0.6], seed: seed)
        let cheap = mixtures.map { run($0, size: small) }
        return MixtureData(
            domains: names,
            runs: cheap + mixtures.prefix(3).map { run($0, size: large) }
        )
    }

    static func request(_ sizes: [NextMixtureRequest.ProxySize]) -> NextMixtureRequest {
        var request = NextMixtureRequest(method: .expectedImprovement, count: 1)
        request.sizes = sizes
        request.targetParameterCount = large
        request.candidates = candidates
        return request
    }

    /// Some for all sizes, so that a search is quick.
    static let candidates = (try? MixtureRegion(domains: names))?
        .sample(300, concentrations: [0.6, 0.6, 0.6, 0.6], seed: 99).map(byName)

    static let both = [
        NextMixtureRequest.ProxySize(parameterCount: small, cost: 1),
        NextMixtureRequest.ProxySize(parameterCount: large, cost: 20),
    ]

    /// Best target loss of the mixture that is best at the target by then, after spending a budget.
    static func regret(
        _ sizes: [NextMixtureRequest.ProxySize],
        budget: Double,
        seed: UInt64
    ) throws -> Double {
        var data = try data(seed: seed)
        var spent = 0.0
        while true {
            let plan = try NextMixtures(data, request(sizes)).plan()
            guard let next = plan.runs.first, let cost = next.cost, spent + cost <= budget else {
                break
            }
            spent += cost
            data.runs.append(run(listed(next.proportions), size: try #require(next.parameterCount)))
        }
        // Judged by the truth: the best mixture that any size has seen.
        let best = data.runs.map { loss($0.proportions, size: large) }.min() ?? 9
        let shares = [1.5, 0.8, 0.4, 0.1].map { pow($0, 2.5) }
        let sum = shares.reduce(0, +)
        return best - loss(shares.map { $0 / sum }, size: large)
    }

    @Test func `Dear sizes are chosen only while they tell more per cost`() throws {
        let data = try Self.data(seed: 3)
        let dear = try NextMixtures(data, Self.request(Self.both)).plan().runs[0]
        #expect(dear.parameterCount == Self.small && dear.cost == 1)
        let equal = Self.both.map {
            NextMixtureRequest.ProxySize(parameterCount: $0.parameterCount, cost: 1)
        }
        let cheap = try NextMixtures(data, Self.request(equal)).plan().runs[0]
        #expect(cheap.parameterCount == Self.large)
        #expect(dear.reason?.contains("this size tells") == true)
    }

    @Test func `For one budget, a cheaper size beside the target costs nothing`()
        throws
    {
        var (mixed, alone) = (0.0, 0.0)
        for seed in 1...2 as ClosedRange<UInt64> {
            mixed += try Self.regret(Self.both, budget: 40, seed: seed)
            alone += try Self.regret([Self.both[1]], budget: 40, seed: seed)
        }
        #expect(mixed <= 1.05 * alone)
    }

    @Test func `A batch holds different mixtures with sizes and costs`() throws {
        var request = Self.request(Self.both)
        request.count = 4
        let runs = try NextMixtures(try Self.data(seed: 3), request).plan().runs
        #expect(runs.count == 4 && runs.allSatisfy { $0.cost != nil && $0.deviation != nil })
        #expect(Set(runs.map(\.proportions)).count == 4)
    }
}
