import Mixtures
import TestSupport
import Testing

struct SwarmTests {
    @Test(.needsPublicData(Swarm.regMixFile))
    func `The RegMix pair joins by index`() throws {
        let train = try Swarm.regMix(.train)
        let test = try Swarm.regMix(.test, target: "arxiv")
        #expect(train.runs.count == 512 && test.runs.count == 256 && train.dimension == 17)
        #expect(train.domains[11] == "pile_cc")
        #expect(abs((train.losses.min() ?? 0) - 5.0821) < 1e-4)
        #expect(abs((test.runs.first?.loss ?? 0) - 4.409877777) < 1e-8)
        #expect(train.runs.allSatisfy { abs($0.proportions.reduce(0, +) - 1) < 1e-12 })
    }

    @Test(.needsPublicData(Swarm.olmixFile))
    func `The mean of Olmix's families is the published one`() throws {
        let data = try Swarm.olmix()
        #expect(data.runs.count == 127 && data.dimension == 24)
        #expect(abs(data.losses.reduce(0, +) / 127 - 2.3139) < 1e-4)
        #expect(abs((data.losses.min() ?? 0) - 1.6420) < 1e-4)
    }
}
