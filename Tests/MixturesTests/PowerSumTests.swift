import Foundation
import Mixtures
import TestSupport
import Testing

struct PowerSumTests {
    private static func truth(_ mixture: [Double]) -> Double {
        2 + zip(mixture, [0.3, 0.2, 0.1, 0.05]).reduce(0) { $0 + $1.1 * pow($1.0 + 0.05, -0.5) }
    }

    @Test func `A planted sum of powers is predicted, and the gradient is that of the values`()
        throws
    {
        let data = PlantedSwarm.runs(80, domains: 4, loss: Self.truth)
        let test = PlantedSwarm.runs(50, domains: 4, seed: 8, loss: Self.truth)
        let line = try RidgeMixture.fit(data, MixtureFitRequest(), startingFrom: nil)
        let request = MixtureFitRequest(ridge: 1e-7)
        let shifted = try AutoScale.fit(data, request, startingFrom: nil)
        let plain = try BiMix.fit(data, request, startingFrom: nil)
        #expect(PlantedSwarm.error(shifted, test) < 0.2 * PlantedSwarm.error(line, test))
        #expect(PlantedSwarm.error(plain, test) < PlantedSwarm.error(line, test))
        let mixture = [0.4, 0.3, 0.2, 0.1]
        for law in [shifted, plain] {
            let gradient = try #require(law.gradient(at: mixture))
            for domain in mixture.indices {
                var (above, below) = (mixture, mixture)
                above[domain] += 1e-5
                below[domain] -= 1e-5
                let slope = (law.loss(at: above) - law.loss(at: below)) / 2e-5
                #expect(abs(gradient[domain] - slope) < 1e-6)
            }
            #expect(law.isConvex)
        }
        let again = try AutoScale.fit(data, request, startingFrom: shifted)
        #expect(PlantedSwarm.error(again, test) < 1.5 * PlantedSwarm.error(shifted, test) + 1e-4)
    }
}
