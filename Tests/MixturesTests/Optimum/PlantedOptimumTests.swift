import Foundation
import Mixtures
import ScalingLaws
import TestSupport
import Testing

struct PlantedOptimumTests {
    @Test func `Regions hold planted optima, and following them beats the best run by far`() throws
    {
        for setting in [PlantedMixtures.settings[0], PlantedMixtures.settings[2]] {
            let score = try setting.score(worlds: 5)
            #expect(score.coverage >= 0.75)
            #expect(score.optimumRegret <= score.bestRunRegret / 3)
            #expect(score.recommendedRegret <= score.bestRunRegret / 2)
        }
    }

    @Test(.needsPublicData(Swarm.regMixFile))
    func `The degenerate optimum of reciprocal powers on RegMix is flagged and not followed`()
        throws
    {
        let data = try Swarm.regMix(.train)
        // Held by next to nothing, as the law is published.
        let loose = MixtureFitRequest(seed: 1, ridge: 1e-6)
        let fit = try MixtureFitter.fit(
            data,
            target: "pile_cc",
            options: .init(predictor: ReciprocalPower.card.id, drawCount: 12),
            request: loose
        )
        let rival = try AnyMixtureLaw.fit(EffectiveData.self, data, MixtureFitRequest(seed: 1))
        let report = try OptimumReporter.report(
            [fit],
            OptimumRequest(),
            rivals: ["pile_cc": [rival.lawID: rival]]
        )
        let kinds = report.flags.map(\.kind)
        #expect(kinds.contains(.extrapolation))
        #expect(kinds.contains(.lawsDisagree))
        let optimum = try #require(report.others.first { $0.kind == .optimum })
        let place = try #require(report.domains.firstIndex(of: "pile_cc"))
        #expect(optimum.proportions[place] < 0.3)
        #expect(report.recommendation.proportions[place] > 0.5)
        #expect(!report.recommendation.isExtrapolation)
        // The law that holds back puts its optimum where the reference implementation has it.
        let safe = MixtureFit(
            target: "pile_cc",
            predictor: "auto",
            data: data,
            model: rival,
            seed: 1
        )
        let sound = try OptimumReporter.report([safe], OptimumRequest())
        #expect(abs(sound.others[0].proportions[place] - 0.79) < 0.05)
        #expect(sound.flags.isEmpty)
    }

    @Test(.needsPublicData(Swarm.olmixFile))
    func `Epoch caps that no run of the DCLM swarm kept bind where they must, with a warning`()
        throws
    {
        let data = try Swarm.olmix()
        let law = try AnyMixtureLaw.fit(EffectiveData.self, data, MixtureFitRequest(seed: 1))
        let fit = MixtureFit(target: "avg52", predictor: "auto", data: data, model: law, seed: 1)
        var request = OptimumRequest()
        request.constraints.targetTokens = 6e12
        request.constraints.maximumEpochs = 4
        let path = try #require(PublicData.path("olmix_dclm/dclm_domains.csv"))
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let cells = line.split(separator: ",")
            guard let tokens = Double(cells[1]) else { continue }
            request.constraints.availableTokens[String(cells[0])] = tokens
        }
        let report = try OptimumReporter.report([fit], request)
        let bound = report.binding.map(\.cause.subject)
        for name in [
            "software_development", "science_math_and_technology", "software",
            "electronics_and_hardware",
        ] { #expect(bound.contains(name)) }
        let optimum = try #require(report.others.first { $0.kind == .optimum })
        #expect(optimum.loss.value > 1.75 && optimum.loss.value < 1.83)
        #expect(report.flags.contains { $0.kind == .untriedConstraints })
        let free = try #require(report.others.first { $0.kind == .unconstrained })
        #expect((free.proportions.max() ?? 0) > 0.9)
    }
}
