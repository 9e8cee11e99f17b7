import Foundation
import Mixtures
import ScalingLaws
import Testing

struct FewShotTransferTests {
    /// 17 domains; large runs and cheap ones whose tokens are worth something else.
    private struct World {
        var cheap: MixtureData
        var large: MixtureData

        init(seed: UInt64) throws {
            var random = SplitMix64(seed: seed &* 15_485_863)
            func between(_ low: Double, _ high: Double) -> Double {
                low + (high - low) * random.uniform()
            }
            let (level, scale, exponent) = (between(1.8, 2.6), between(0.8, 1.5), between(0.1, 0.4))
            let (base, power) = (between(0.01, 0.3), between(0.35, 0.75))
            let worth = (0..<17).map { _ in exp(0.6 * random.normal()) }
            let small = FittedEffectiveData(
                level: level + 1.5,
                scale: scale,
                exponent: exponent,
                base: base,
                power: power,
                worth: worth.map { $0 * exp(0.25 * random.normal()) }
            )
            let big = FittedEffectiveData(
                level: level,
                scale: 0.8 * scale,
                exponent: 1.1 * exponent,
                base: base,
                power: power,
                worth: worth
            )
            cheap = Self.runs(small, 256, 0.3, size: 1e7, &random)
            large = Self.runs(big, 96, 0.4, size: 1e9, &random)
        }

        static func runs(
            _ law: FittedEffectiveData,
            _ count: Int,
            _ concentration: Double,
            size: Double,
            _ random: inout SplitMix64
        ) -> MixtureData {
            let runs = (0..<count).map { index in
                let shares = Dirichlet.draw(
                    [Double](repeating: concentration, count: 17),
                    &random
                )
                return MixtureData.Run(
                    id: UUID(),
                    name: "run \(index) of \(size)",
                    proportions: shares,
                    loss: law.loss(at: shares) + 0.005 * random.normal(),
                    parameterCount: size,
                    tokenCount: 20 * size
                )
            }
            return MixtureData(domains: (1...17).map { "domain \($0)" }, runs: runs)
        }

        func large(_ count: Int) -> MixtureData { large.selecting(Array(0..<count)) }
        var test: MixtureData { large.selecting(Array(48..<96)) }
    }

    @Test func `A few large runs on a cheap law beat the large runs alone`() throws {
        let scale = try MixtureScale(parameterCount: 1e9, tokenCount: 2e10)
        var line: [Int: Double] = [:]
        var process: [Int: Double] = [:]
        var (alone, naive) = (0.0, 0.0)
        let worlds = 10
        for seed in 1...worlds {
            let world = try World(seed: UInt64(seed))
            let request = MixtureFitRequest(ridge: 1e-4)
            let cheap = try AnyMixtureLaw.fit(EffectiveData.self, world.cheap, request)
            for count in [4, 8, 16, 32] {
                func error(_ hasProcess: Bool) -> Double {
                    PlantedSwarm.error(
                        FittedTransfer(
                            cheap: cheap,
                            large: world.large(count),
                            scale: scale,
                            hasProcess: hasProcess
                        ),
                        world.test
                    ) / Double(worlds)
                }
                line[count, default: 0] += error(false)
                process[count, default: 0] += error(count >= 16)
            }
            let own = try EffectiveData.fit(
                world.large(16),
                MixtureFitRequest(ridge: 1e-2),
                startingFrom: nil
            )
            alone += PlantedSwarm.error(own, world.test) / Double(worlds)
            let mean = world.large(16).losses.reduce(0, +) / 16
            naive += world.test.losses.reduce(0) { $0 + abs($1 - mean) } / 48 / Double(worlds)
        }
        for count in [4, 8, 16, 32] {
            #expect((process[count] ?? 1) <= 1.03 * (line[count] ?? 0))
        }
        #expect((process[16] ?? 1) <= 0.95 * (line[16] ?? 0))
        #expect((process[16] ?? 1) <= 0.6 * alone)
        #expect((line[4] ?? 1) < naive)
    }

    @Test func `The catalogue's law splits the scales itself and answers for the large one`()
        throws
    {
        let world = try World(seed: 3)
        var data = world.cheap.selecting(Array(0..<64))
        data.runs += world.large(20).runs
        let fit = try FewShotTransfer.fit(data, MixtureFitRequest(), startingFrom: nil)
        #expect(fit.scale.parameterCount == 1e9)
        let mean = world.large(20).losses.reduce(0, +) / 20
        let naive = world.test.losses.reduce(0) { $0 + abs($1 - mean) } / 48
        #expect(PlantedSwarm.error(fit, world.test) < 0.6 * naive)
        // Cheap runs keep their own level.
        let cheap = fit.losses(of: Array(world.cheap.runs[0..<5]))
        for (loss, run) in zip(cheap, world.cheap.runs) { #expect(abs(loss - run.loss) < 0.1) }
        #expect(fit.at(try MixtureScale(parameterCount: 1e10, tokenCount: 2e10)) == nil)
        let mixture = [Double](repeating: 1.0 / 17, count: 17)
        let gradient = try #require(fit.gradient(at: mixture))
        for domain in mixture.indices {
            var (above, below) = (mixture, mixture)
            above[domain] += 1e-6
            below[domain] -= 1e-6
            let slope = (fit.loss(at: above) - fit.loss(at: below)) / 2e-6
            #expect(abs(gradient[domain] - slope) < 1e-4 * max(1, abs(slope)))
        }
        #expect(throws: MixtureError.self) {
            _ = try FewShotTransfer.fit(world.cheap, MixtureFitRequest(), startingFrom: nil)
        }
    }
}
