import Mixtures
import ScalingLaws
import TestSupport
import Testing

/// The bars of the public swarms. Rank correlations on 256 runs hold to about 0.003.
struct PublicSwarmTests {
    @Test(.needsPublicData(Swarm.regMixFile))
    func `Effective data ranks the held mixtures of all 13 targets of RegMix`() throws {
        var ranks: [Double] = []
        for target in Swarm.regMixTargets {
            let train = try Swarm.regMix(.train, target: target)
            let test = try Swarm.regMix(.test, target: target)
            let fit = try EffectiveData.fit(train, MixtureFitRequest(), startingFrom: nil)
            let found = fit.losses(at: test.runs.map(\.proportions))
            ranks.append(PlantedSwarm.rank(found, test.losses))
            if target == "pile_cc" {
                #expect(try #require(ranks.last) >= 0.990)
                #expect(fit.isConvex && fit.separable != nil)
                let line = try RidgeMixture.fit(train, MixtureFitRequest(), startingFrom: nil)
                let naive = line.losses(at: test.runs.map(\.proportions))
                #expect(PlantedSwarm.rank(naive, test.losses) < 0.92)
            }
        }
        #expect(ranks.reduce(0, +) / 13 >= 0.989)
    }

    @Test(.needsPublicData(Swarm.regMixFile), arguments: [(24, 0.92), (96, 0.985)])
    func `Few random runs of RegMix are enough for effective data`(
        _ count: Int,
        _ bar: Double
    ) throws {
        let train = try Swarm.regMix(.train)
        let test = try Swarm.regMix(.test)
        let ranks = try (0..<20).map { seed in
            var random = SplitMix64(seed: UInt64(1_000 + seed))
            let chosen = train.runs.indices.shuffled(using: &random).prefix(count)
            let data = train.selecting(Array(chosen))
            let fit = try EffectiveData.fit(data, MixtureFitRequest(), startingFrom: nil)
            return PlantedSwarm.rank(fit.losses(at: test.runs.map(\.proportions)), test.losses)
        }
        #expect(Quantiles.value(ranks.sorted(), 0.5) >= bar)
    }

    @Test(.needsPublicData(Swarm.olmixFile))
    func `Effective data predicts left-out runs of the DCLM swarm`() throws {
        let data = try Swarm.olmix()
        let folds = Folds(count: data.runs.count, parts: 5, seed: 1)
        var predicted = [Double](repeating: 0, count: data.runs.count)
        for part in 0..<folds.parts {
            let (inside, outside) = folds.split(part)
            let training = data.selecting(inside)
            let fit = try EffectiveData.fit(training, MixtureFitRequest(), startingFrom: nil)
            for run in outside { predicted[run] = fit.loss(at: data.runs[run].proportions) }
        }
        #expect(PlantedSwarm.rank(predicted, data.losses) >= 0.98)
        let error = zip(predicted, data.losses).reduce(0) { $0 + abs($1.0 - $1.1) } / 127
        #expect(error <= 0.033)
    }
}
