import Foundation
import Mixtures
import ScalingLaws
import Testing

struct ContinualTests {
    /// L = 1.6 + 0.2/N^0.3 + 0.25·(r+ε)^0.4/D^0.3 + 0.12/(r+ε)^0.25 of the second domain.
    private static func loss(_ share: Double, _ size: Double, _ tokens: Double) -> Double {
        let (n, d, r) = (size / 1e9, tokens / 1e10, share + 1e-3)
        return 1.6 + 0.2 * pow(n, -0.3) + 0.25 * pow(r, 0.4) * pow(d, -0.3) + 0.12 * pow(r, -0.25)
    }

    private static func runs(_ sizes: [Double], _ tokens: [Double], noise: Double) -> MixtureData {
        var random = SplitMix64(seed: 5)
        var runs: [MixtureData.Run] = []
        for size in sizes {
            for count in tokens {
                for share in [0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9] {
                    runs.append(
                        MixtureData.Run(
                            id: UUID(),
                            name: "run \(runs.count)",
                            proportions: [1 - share, share],
                            loss: loss(share, size, count) * exp(noise * random.normal()),
                            parameterCount: size,
                            tokenCount: count
                        )
                    )
                }
            }
        }
        return MixtureData(domains: ["general", "law"], runs: runs)
    }

    @Test func `The law of two corpora recovers a planted one and finds its domain`() throws {
        let small = [5e8, 1.8e9]
        let tokens = [3e9, 10e9, 26e9]
        let far = Self.runs([7e9], [50e9], noise: 0)
        for (noise, bar) in [(0.0, 0.001), (0.002, 0.01)] {
            let data = Self.runs(small, tokens, noise: noise)
            let fit = try DomainContinual.fit(data, MixtureFitRequest(), startingFrom: nil)
            #expect(fit.domain == 1)
            let blind = try JointWithoutMixture.fit(data, MixtureFitRequest(), startingFrom: nil)
            let (own, naive) = (Self.error(fit, far), Self.error(blind, far))
            #expect(own < bar)
            #expect(own < 0.5 * naive)
        }
    }

    @Test func `Its gradient is that of its values, and other swarms are refused in words`() throws
    {
        let data = Self.runs([5e8, 1.8e9], [3e9, 10e9], noise: 0.002)
        let fit = try DomainContinual.fit(data, MixtureFitRequest(), startingFrom: nil)
        let gradient = try #require(fit.gradient(at: [0.6, 0.4]))
        let slope = (fit.loss(at: [0.6, 0.400001]) - fit.loss(at: [0.6, 0.399999])) / 2e-6
        #expect(abs(gradient[1] - slope) < 1e-6 && gradient[0] == 0)
        let world = try JointWorld(seed: 1)
        #expect(throws: MixtureError.self) {
            _ = try DomainContinual.fit(world.proxies, MixtureFitRequest(), startingFrom: nil)
        }
    }

    private static func error(_ fit: some FittedMixtureLaw, _ data: MixtureData) -> Double {
        zip(fit.losses(of: data.runs), data.losses)
            .reduce(0) { $0 + abs($1.0 / $1.1 - 1) } / Double(data.runs.count)
    }

    /// A bowl about a rate of 2e-4 at a share of 0.3, whose best rate falls as the share rises.
    private static func bowl(_ rate: Double, _ share: Double) -> Double {
        let x = log(rate / 2e-4)
        let y = log(share / (1 - share)) - log(0.3 / 0.7)
        return 2 + 0.03 * x * x + 0.02 * y * y + 0.03 * x * y
    }

    private static let rates = [5e-5, 1e-4, 2e-4, 4e-4, 8e-4]
    private static let shares = [0.1, 0.2, 0.35, 0.5]

    private static func sweep(
        _ noise: Double,
        _ random: inout SplitMix64
    ) -> [RatioRateSurface.Point] {
        rates.flatMap { rate in
            shares.map { share in
                RatioRateSurface.Point(
                    learningRate: rate,
                    share: share,
                    loss: bowl(rate, share) + noise * random.normal()
                )
            }
        }
    }

    @Test func `The surface over share and rate finds a planted optimum and its coupling`() throws {
        var random = SplitMix64(seed: 1)
        let points = Self.sweep(0, &random)
        let surface = try RatioRateSurface(points)
        let best = try #require(surface.optimum)
        #expect(abs(best.learningRate.value / 2e-4 - 1) < 1e-6)
        #expect(abs(best.share.value - 0.3) < 1e-6)
        #expect(abs(best.loss - 2) < 1e-9)
        #expect(abs(try #require(surface.coupling).value + 0.5) < 1e-6)
        // Units of rate and loss do not matter.
        let scaled = try RatioRateSurface(
            points.map {
                .init(learningRate: 1e3 * $0.learningRate, share: $0.share, loss: 10 * $0.loss - 7)
            }
        )
        let other = try #require(scaled.optimum)
        #expect(abs(other.learningRate.value / 0.2 - 1) < 1e-6)
        #expect(abs(other.share.value - 0.3) < 1e-6)
        let stored = try JSONDecoder().decode(
            RatioRateSurface.self,
            from: JSONEncoder().encode(surface)
        )
        #expect(stored == surface)
    }

    @Test func `Its intervals hold the truth, and it beats tuning one after the other`() throws {
        var random = SplitMix64(seed: 2)
        var (rate, share, pinned) = (0, 0, 0)
        var (own, serial) = (0.0, 0.0)
        let repeats = 200
        for _ in 0..<repeats {
            let points = Self.sweep(0.004, &random)
            let surface = try RatioRateSurface(points)
            guard let best = surface.optimum else { continue }
            if best.learningRate.low < 2e-4, best.learningRate.high > 2e-4 { rate += 1 }
            if best.share.low < 0.3, best.share.high > 0.3 { share += 1 }
            // At a share of 0.5 the best rate is 2e-4·exp(−0.5·ln(7/3)).
            let truth = 2e-4 * exp(-0.5 * log(7.0 / 3))
            let given = try #require(surface.bestRate(share: 0.5))
            if given.low < truth, given.high > truth { pinned += 1 }
            own += Self.bowl(best.learningRate.value, best.share.value) - 2
            // The rate tuned at a share of 0.1, then the share at that rate.
            let first = points.filter { $0.share == 0.1 }.min { $0.loss < $1.loss }
            let second = points.filter { $0.learningRate == first?.learningRate }
                .min { $0.loss < $1.loss }
            serial += Self.bowl(try #require(second).learningRate, try #require(second).share) - 2
        }
        for covered in [rate, share, pinned] {
            #expect(Double(covered) / Double(repeats) > 0.84)
            #expect(Double(covered) / Double(repeats) < 0.97)
        }
        #expect(own < 0.5 * serial)
    }

    @Test func `Sweeps that span no surface are refused in words`() throws {
        var random = SplitMix64(seed: 3)
        let points = Self.sweep(0, &random)
        for bad in [0, -1, .nan, .infinity] as [Double] {
            var broken = points
            broken[3].learningRate = bad
            #expect(throws: MixtureError.self) { _ = try RatioRateSurface(broken) }
        }
        #expect(throws: MixtureError.self) {
            _ = try RatioRateSurface(points.filter { $0.share == 0.1 })
        }
        #expect(throws: MixtureError.self) { _ = try RatioRateSurface(Array(points.prefix(5))) }
        // A surface that falls for ever has no optimum, and says so.
        let ridge = points.map {
            RatioRateSurface.Point(
                learningRate: $0.learningRate,
                share: $0.share,
                loss: -pow(log($0.learningRate), 2)
            )
        }
        let open = try RatioRateSurface(ridge)
        #expect(open.optimum == nil && !open.notes.isEmpty)
    }
}
