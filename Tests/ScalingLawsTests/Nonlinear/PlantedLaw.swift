import Foundation
import Runs
import ScalingLaws

/// Runs made from a law with known coordinates: what each law's contract is tested on.
enum PlantedLaw {
    /// The law's own plausible coordinates.
    static func theta<L: NonlinearLaw>(_ law: L.Type) -> Coordinates<L.Coordinate> {
        law.planted.theta
    }

    /// Runs over the law's grid of settings, with this noise in ln.
    static func runs<L: NonlinearLaw>(_ law: L.Type, noise: Double = 0, seed: UInt64 = 1)
        -> [Observation]
    {
        var random = SplitMix64(seed: seed)
        let world = law.planted
        return world.settings.enumerated().compactMap { index, values in
            var run = Observation(
                runID: PlantedSweep.id(index),
                runName: "planted \(index)",
                values: values
            )
            var gradient = Coordinates<L.Coordinate>()
            guard let input = law.input(run) else { return nil }
            let target = law.logPrediction(input, world.theta, &gradient) + noise * random.normal()
            run[world.target] = exp(target)
            return run
        }
    }
}
