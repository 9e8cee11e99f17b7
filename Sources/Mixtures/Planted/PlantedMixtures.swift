import Foundation
import ScalingLaws

/// Worlds whose best mixture is known: losses by effective data with drawn parameters, plus normal
/// noise. What regions of the optimum and recommendations are judged by.
package struct PlantedMixtures: Sendable {
    package var domainCount: Int
    package var runCount: Int
    /// Standard deviation of a run's loss, nats.
    package var noise: Double
    /// Concentrations of the Dirichlet distribution that mixtures come from, one per world in turn.
    package var concentrations: [Double]

    /// Few and many domains, runs and noise.
    package static let settings = [
        PlantedMixtures(domainCount: 5, runCount: 48, noise: 0.005),
        PlantedMixtures(domainCount: 5, runCount: 48, noise: 0.01),
        PlantedMixtures(domainCount: 7, runCount: 64, noise: 0.01),
        PlantedMixtures(domainCount: 7, runCount: 96, noise: 0.01),
        PlantedMixtures(domainCount: 17, runCount: 128, noise: 0.01, concentrations: [0.5]),
    ]

    package init(
        domainCount: Int,
        runCount: Int,
        noise: Double,
        concentrations: [Double] = [0.3, 1, 3]
    ) {
        self.domainCount = domainCount
        self.runCount = runCount
        self.noise = noise
        self.concentrations = concentrations
    }

    package struct World: Sendable {
        package var data: MixtureData
        var level: Double
        var gain: Double
        var exponent: Double
        var base: Double
        var utility: SeparableUtility

        /// Expected loss, nats.
        package func loss(_ proportions: [Double]) -> Double {
            var sum = base
            for (index, share) in proportions.enumerated() {
                sum +=
                    utility.scales[index]
                    * pow(share + utility.offset, utility.exponents[index])
            }
            return level + gain * pow(sum, -exponent)
        }

        package var optimum: [Double] {
            let none = [Double](repeating: 0, count: data.dimension)
            return WaterFilling.optimum(utility, lower: none, upper: none.map { _ in 1 }) ?? none
        }
    }

    /// - Parameter index: 0, 1, …; each world has its own random numbers.
    package func world(_ index: Int) -> World {
        let seed = UInt64(1_000 * domainCount + 17 * runCount) &+ UInt64(noise * 1_000)
        var random = SplitMix64(seed: seed &+ 7_919 &* UInt64(index))
        func between(_ low: Double, _ high: Double) -> Double {
            low + (high - low) * random.uniform()
        }
        var world = World(
            data: MixtureData(domains: (0..<domainCount).map { "domain \($0)" }, runs: []),
            level: between(1.8, 2.6),
            gain: between(0.8, 1.5),
            exponent: between(0.1, 0.4),
            base: between(0.01, 0.3),
            utility: SeparableUtility(scales: [], exponents: [], offset: 1e-4)
        )
        let power = between(0.35, 0.75)
        world.utility.exponents = (0..<domainCount).map { _ in power }
        world.utility.scales = (0..<domainCount).map { _ in exp(0.6 * random.normal()) }
        let concentration = concentrations[index % concentrations.count]
        let strengths = [Double](repeating: concentration, count: domainCount)
        for run in 0..<runCount {
            let mixture = Dirichlet.draw(strengths, &random)
            let number = UInt8(truncatingIfNeeded: run)
            let loss = world.loss(mixture) + noise * random.normal()
            world.data.runs.append(
                MixtureData.Run(
                    id: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, number)),
                    name: "run \(run)",
                    proportions: mixture,
                    loss: loss
                )
            )
        }
        return world
    }
}

extension PlantedMixtures {
    /// How regions and recommendations did over some worlds.
    package struct Score: Sendable {
        package var worlds = 0
        /// Share of planted proportions inside their 90 % intervals.
        package var coverage = 0.0
        /// Share of worlds whose planted optimum is inside the L1 ball.
        package var ballCoverage = 0.0
        /// True loss above the planted optimum's, nats: of the fitted optimum, of the
        /// recommendation, and of the best run, which is what one has without a law.
        package var optimumRegret = 0.0
        package var recommendedRegret = 0.0
        package var bestRunRegret = 0.0

        mutating func add(_ other: Score) {
            worlds += other.worlds
            coverage += other.coverage
            ballCoverage += other.ballCoverage
            optimumRegret += other.optimumRegret
            recommendedRegret += other.recommendedRegret
            bestRunRegret += other.bestRunRegret
        }

        /// Means instead of sums.
        var mean: Score {
            let count = Double(max(worlds, 1))
            return Score(
                worlds: worlds,
                coverage: coverage / count,
                ballCoverage: ballCoverage / count,
                optimumRegret: optimumRegret / count,
                recommendedRegret: recommendedRegret / count,
                bestRunRegret: bestRunRegret / count
            )
        }
    }

    /// Fits effective data in each world and compares with what was planted; means over worlds.
    package func score(worlds: Int) throws(MixtureError) -> Score {
        var sum = Score()
        for index in 0..<worlds { sum.add(try score(world(index))) }
        return sum.mean
    }

    private func score(_ world: World) throws(MixtureError) -> Score {
        let fit = try MixtureFitter.fit(
            world.data,
            target: "loss",
            options: .init(predictor: EffectiveData.card.id, drawCount: 39),
            request: MixtureFitRequest(seed: 1)
        )
        let study = try OptimumStudy([fit], OptimumRequest(), [:], nil)
        let (plain, drawn) = try study.plainOptimum()
        let best = world.optimum
        let least = world.loss(best)
        var score = Score(worlds: 1)
        if let region = study.region(plain, drawn) {
            let held = best.indices.filter { index in
                region.low[index] <= best[index] + 1e-9 && best[index] <= region.high[index] + 1e-9
            }
            score.coverage = Double(held.count) / Double(best.count)
            score.ballCoverage = best.distance(to: plain.proportions) <= region.radius ? 1 : 0
        }
        score.optimumRegret = world.loss(plain.proportions) - least
        score.recommendedRegret = world.loss(try study.recommend(plain).proportions) - least
        if let run = world.data.runs.min(by: { $0.loss < $1.loss }) {
            score.bestRunRegret = world.loss(run.proportions) - least
        }
        return score
    }
}
