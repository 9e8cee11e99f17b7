import Foundation
import Mixtures
import ScalingLaws
import Testing

struct HostileScaleTests {
    private static func swarm(_ seed: UInt64) throws -> MixtureData {
        try JointWorld(seed: seed).runs(
            sizes: [1e8, 3e8],
            mixtures: 8,
            tokens: [3e9, 6e9, 10e9],
            noise: 0.003
        )
    }

    private static let damages: [@Sendable (inout MixtureData) -> Void] = [
        { $0.runs[3].loss = .nan }, { $0.runs[3].loss = -1 }, { $0.runs[3].loss = 1e308 },
        { $0.runs[3].tokenCount = 1e300 }, { $0.runs[3].parameterCount = .nan },
        { $0.runs[3].proportions = [1] }, { $0.runs[3].proportions[0] = .nan },
        { data in for index in data.runs.indices { data.runs[index].loss = 2 } },
        { data in data.runs = data.runs.map { _ in data.runs[0] } },
        { $0.runs.removeAll() }, { $0.runs.removeLast($0.runs.count - 1) },
        { $0.availableTokens = [.nan, 0, -1, 1e-300, 1e308, nil] },
        { $0.availableTokens = [1] }, { $0.runs[3].weight = 0 },
    ]

    @Test func `Laws over sizes refuse or survive what no run can be, and never trap`() throws {
        let laws = mixtureLawCatalogue.filter { $0.needsScale || $0.needsParts }
        #expect(laws.count >= 8)
        let scale = try MixtureScale(parameterCount: 1e9, tokenCount: 1e12)
        for damage in Self.damages {
            var data = try Self.swarm(1)
            damage(&data)
            for law in laws {
                let fit: AnyMixtureLaw
                do throws(MixtureError) {
                    fit = try AnyMixtureLaw.fit(law, data, MixtureFitRequest(ridge: 1e-3))
                } catch {
                    #expect(!error.message.isEmpty)
                    continue
                }
                let mixture = [0.5, 0.5, 0, 0, 0, 0]
                #expect(fit.loss(at: mixture).isFinite, "\(law.card.id)")
                #expect((fit.at(scale) ?? fit).loss(at: mixture).isFinite, "\(law.card.id)")
            }
        }
    }

    @Test func `Starts that end at different best mixtures are told, and only those`() throws {
        // Two domains that always have equal shares: nothing but the ridge says which is better.
        var random = SplitMix64(seed: 8)
        var twins = PlantedSwarm.runs(60, domains: 4, seed: 3) { _ in 0 }
        for index in twins.runs.indices {
            var shares = twins.runs[index].proportions
            let mean = (shares[0] + shares[1]) / 2
            (shares[0], shares[1]) = (mean, mean)
            twins.runs[index].proportions = shares
            let loss = PlantedSwarm.effectiveData.loss(at: shares)
            twins.runs[index].loss = loss + 0.05 * random.normal()
        }
        let loose = try EffectiveData.fit(twins, MixtureFitRequest(ridge: 0), startingFrom: nil)
        #expect(loose.notes.contains { $0.contains("Starts disagree") })
        let sound = PlantedSwarm.runs(80, domains: 4, noise: 0.001) {
            PlantedSwarm.effectiveData.loss(at: $0)
        }
        let fit = try EffectiveData.fit(sound, MixtureFitRequest(), startingFrom: nil)
        #expect(!fit.notes.contains { $0.contains("Starts disagree") })
    }
}
