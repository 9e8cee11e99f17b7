import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

struct JointLawTests {
    private struct GoldenJoint: Decodable {
        struct Parameters: Decodable {
            var E: Double
            var A: Double
            var a: Double
            var B: Double
            var b: Double
            var k: Double
            var e0: Double
            var g: Double
            var s: [Double]
        }
        struct Point: Decodable {
            var N: Double
            var D: Double
            var mixture: [Double]
            var loss: Double
        }
        struct Law: Decodable {
            var parameters: Parameters
            var points: [Point]
        }
        var jointEffectiveData: Law
    }

    @Test(.needsPublicData(Golden.file))
    func `Values over sizes are those of an independent implementation`() throws {
        let golden = try Golden.entry("lawValues", as: GoldenJoint.self).jointEffectiveData
        let own = golden.parameters
        let law = FittedJoint(
            E: own.E,
            A: own.A,
            a: own.a,
            B: own.B,
            b: own.b,
            k: own.k,
            e0: own.e0,
            g: own.g,
            s: own.s
        )
        for point in golden.points {
            let asked = law.at(parameterCount: point.N, tokenCount: point.D)
            #expect(abs(asked.loss(at: point.mixture) - point.loss) < 1e-9)
        }
    }

    @Test func `The gradient of a law over sizes is that of its values`() throws {
        let world = JointWorld(seed: 3)
        let data = world.runs(sizes: [1e8, 3e8], mixtures: 14, tokens: [3e9, 10e9], noise: 0)
        for law: any MixtureLaw.Type in [
            JointEffectiveData.self, JointAdditive.self, JointCapacity.self,
        ] {
            let fit = try AnyMixtureLaw.fit(law, data, MixtureFitRequest())
            let mixture = [0.3, 0.2, 0.2, 0.1, 0.1, 0.1]
            let gradient = try #require(fit.gradient(at: mixture))
            for domain in mixture.indices {
                var (above, below) = (mixture, mixture)
                above[domain] += 1e-6
                below[domain] -= 1e-6
                let slope = (fit.loss(at: above) - fit.loss(at: below)) / 2e-6
                #expect(abs(gradient[domain] - slope) < 1e-5 * max(1, abs(slope)))
            }
        }
    }

    /// Bars: 0.6 % at 1.2e9 and 1 % at 2.8e9, at most 0.7 times the error without the prior.
    @Test func `Small sizes tell the loss of large ones, and the prior is why`() throws {
        var (near, far, bare, naive) = (0.0, 0.0, 0.0, 0.0)
        let worlds = 3
        for seed in 0..<worlds {
            let world = JointWorld(seed: UInt64(seed + 1))
            let data = world.runs(
                sizes: [1e8, 3e8],
                mixtures: 40,
                tokens: [3e9, 6e9, 10e9, 15e9, 20e9],
                noise: 0.003
            )
            let tokens = [10e9, 20e9, 30e9, 50e9]
            let test = world.runs(sizes: [1.2e9], mixtures: 16, tokens: tokens, noise: 0, seed: 77)
            let beyond = world.runs(
                sizes: [2.8e9],
                mixtures: 4,
                tokens: [20e9, 50e9, 100e9],
                noise: 0,
                seed: 78
            )
            let request = MixtureFitRequest()
            let fit = try JointEffectiveData.fit(data, request, startingFrom: nil)
            let free = try FittedJoint.fitWithoutPrior(data, request)
            let blind = try JointWithoutMixture.fit(data, request, startingFrom: nil)
            near += JointWorld.error(fit, test) / Double(worlds)
            far += JointWorld.error(fit, beyond) / Double(worlds)
            bare += JointWorld.error(free, beyond) / Double(worlds)
            naive += JointWorld.error(blind, test) / Double(worlds)
        }
        #expect(near < 0.006)
        #expect(far < 0.010)
        #expect(far < 0.7 * bare)
        #expect(near < 0.7 * naive)
    }

    @Test func `The law is chosen at the largest scale, where one law knows what scale does`()
        throws
    {
        let world = JointWorld(seed: 5)
        let data = world.runs(
            sizes: [1e8, 3e8, 9e8],
            mixtures: 12,
            tokens: [5e9, 15e9],
            noise: 0.003
        )
        let found = try MixtureSelector.compare(data, MixtureFitRequest())
        #expect(found.chosen.lawID.hasPrefix("joint"))
        let flat = try #require(found.scores.first { $0.law == "effective-data" })
        let joint = try #require(found.scores.first { $0.law == "joint-effective-data" })
        let (naive, own) = (flat.largestScaleError ?? 0, joint.largestScaleError ?? 1)
        #expect(own < 0.5 * naive)
    }

    @Test func `Runs of one size, or without a size, are refused in words`() throws {
        let world = JointWorld(seed: 1)
        let flat = world.runs(sizes: [1e8], mixtures: 16, tokens: [3e9], noise: 0)
        #expect(throws: MixtureError.self) {
            _ = try JointEffectiveData.fit(flat, MixtureFitRequest(), startingFrom: nil)
        }
        var broken = world.runs(sizes: [1e8, 3e8], mixtures: 16, tokens: [3e9], noise: 0)
        for bad in [nil, 0, -1, .nan, 1e300] as [Double?] {
            broken.runs[2].parameterCount = bad
            #expect(throws: MixtureError.self) {
                _ = try JointEffectiveData.fit(broken, MixtureFitRequest(), startingFrom: nil)
            }
        }
    }
}

/// A planted world of loss over size, tokens and 6 domains.
struct JointWorld {
    let law: FittedJoint

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed &* 7_919)
        func between(_ low: Double, _ high: Double) -> Double {
            low + (high - low) * random.uniform()
        }
        law = FittedJoint(
            E: between(1.5, 2),
            A: between(0.12, 0.3),
            a: 0.34 * exp(0.15 * random.normal()),
            B: between(0.12, 0.3),
            b: 0.3 * exp(0.15 * random.normal()),
            k: between(0.9, 1.4),
            e0: 0.05,
            g: between(0.4, 0.8),
            s: (0..<6).map { _ in exp(-0.5 + 0.6 * random.normal()) }
        )
    }

    func runs(
        sizes: [Double],
        mixtures: Int,
        tokens: [Double],
        noise: Double,
        seed: UInt64 = 1
    ) -> MixtureData {
        var random = SplitMix64(seed: seed)
        let shares = (0..<mixtures).map { _ in
            PlantedSwarm.mixture(6, 1.5, &random).map { 0.02 + 0.88 * $0 }
        }
        var runs: [MixtureData.Run] = []
        for size in sizes {
            for (index, mixture) in shares.enumerated() {
                let sum = mixture.reduce(0, +)
                let own = mixture.map { $0 / sum }
                let count = tokens[index % tokens.count]
                let loss = law.at(parameterCount: size, tokenCount: count).loss(at: own)
                runs.append(
                    MixtureData.Run(
                        id: UUID(),
                        name: "run \(runs.count)",
                        proportions: own,
                        loss: loss * exp(noise * random.normal()),
                        parameterCount: size,
                        tokenCount: count
                    )
                )
            }
        }
        return MixtureData(domains: (1...6).map { "domain \($0)" }, runs: runs)
    }

    /// Mean relative error.
    static func error(_ fit: FittedJoint, _ data: MixtureData) -> Double {
        let predicted = fit.losses(of: data.runs)
        let sum = zip(predicted, data.losses).reduce(0) { $0 + abs($1.0 / $1.1 - 1) }
        return sum / Double(data.runs.count)
    }
}
