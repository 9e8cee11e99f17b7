import Foundation
import Runs
import ScalingLaws
import Testing

@Suite struct TransferCheckTests {
    /// A sweep of the rate at each width, with skewed bowls like those of real sweeps.
    private struct Sweeps {
        var slope = 0.0
        var widths = [256.0, 512, 1024, 2048]
        var rates = 9
        var step = 2.0.squareRoot()
        var noise = 0.0005
        var center = 2e-3
        var seed: UInt64 = 1

        var runs: [Observation] {
            var random = SplitMix64(seed: seed)
            var runs: [Observation] = []
            for width in widths {
                let best = log(center) + slope * log(width / 1024)
                for index in 0..<rates {
                    // Off the optimum by a share of a step, so that no run sits on it.
                    let x = log(center) + (Double(index) - Double(rates - 1) / 2 + 0.3) * log(step)
                    let u = x - best
                    let y = log(3.2) - 0.05 * log(width / 256) + 0.014 * u * u + 0.003 * u * u * u
                    runs.append(
                        Observation(
                            runID: PlantedSweep.id(runs.count),
                            runName: "width \(width) rate \(index)",
                            values: [
                                .modelWidth: width, .peakLearningRate: exp(x),
                                .loss: exp(y + noise * random.normal()),
                            ]
                        )
                    )
                }
            }
            return runs
        }

        /// Slope through the best run of each width: what one would do by eye.
        var naiveSlope: Double {
            let runs = runs
            let best = widths.map { width in
                let own = runs.filter { $0[.modelWidth] == width }
                return log(own.min { $0.lossNats < $1.lossNats }?.peakLearningRate ?? 1)
            }
            let x = widths.map { log($0) }
            let count = Double(x.count)
            let (meanX, meanY) = (x.reduce(0, +) / count, best.reduce(0, +) / count)
            let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
            return zip(x, best).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
        }
    }

    private func fit(_ sweeps: Sweeps, draws: Int = 100) throws -> TransferCheckFit {
        var request = PlantedSweep.request(sweeps.runs)
        request.options.drawCount = draws
        return try TransferCheck.fit(request)
    }

    @Test(arguments: [0.0, -0.5, -0.9, 0.3])
    func `a planted slope comes back from noiseless sweeps`(slope: Double) throws {
        var sweeps = Sweeps(slope: slope, noise: 0)
        sweeps.rates = 13
        let fit = try fit(sweeps, draws: 20)
        #expect(abs(fit.slope.value - slope) < 0.02, "\(fit.slope)")
        #expect(abs(fit.driftOctaves.value - 3 * slope) < 0.06)
    }

    @Test func `a rate that transfers is told from one that drifts`() throws {
        #expect(try fit(Sweeps()).verdict == .transfers)
        var drifting = Sweeps(slope: -0.8)
        drifting.rates = 13
        let fit = try fit(drifting)
        #expect(fit.verdict == .drifts)
        #expect(fit.diagnostics.warnings.contains { $0.contains("does not transfer") })
        let optimum = try #require(fit.widths.first?.optimum)
        #expect(optimum.low <= optimum.value && optimum.value <= optimum.high)
    }

    @Test func `intervals hold the planted slope and errors beat the best run of each width`()
        throws
    {
        var held = 0
        var (law, naive) = (0.0, 0.0)
        let worlds = 60
        for world in 0..<worlds {
            let sweeps = Sweeps(slope: -0.1, seed: UInt64(world + 1))
            let fit = try fit(sweeps, draws: 80)
            if fit.slope.low <= -0.1, -0.1 <= fit.slope.high { held += 1 }
            law += abs(fit.slope.value + 0.1)
            naive += abs(sweeps.naiveSlope + 0.1)
        }
        let share = Double(held) / Double(worlds)
        #expect(0.83...0.99 ~= share, "\(share)")
        #expect(law < 0.7 * naive, "\(law / Double(worlds)), \(naive / Double(worlds))")
    }

    @Test func `the unit of the rate changes nothing`() throws {
        let first = try fit(Sweeps())
        let second = try fit(Sweeps(center: 2e-1))
        #expect(abs(first.slope.value - second.slope.value) < 1e-6)
    }

    @Test func `sweeps too short or ending at their best run are refused with the reason`() {
        func message(_ sweeps: Sweeps) -> String? {
            do {
                _ = try fit(sweeps)
                return nil
            } catch {
                return (error as? FitError)?.message
            }
        }
        #expect(message(Sweeps(rates: 4))?.contains("5 learning rates") == true)
        #expect(message(Sweeps(widths: [256, 512])) != nil)
        let edge = message(Sweeps(slope: -2.5))
        #expect(edge?.contains("sweep") == true, "\(edge ?? "fitted")")
    }

    @Test func `blown-up and hostile runs change no verdict`() throws {
        var runs = Sweeps().runs
        for (index, value) in [Double.nan, .infinity, 1e308, -1, 0].enumerated() {
            var bad = runs[index]
            bad.runID = PlantedSweep.id(1000 + index)
            bad.lossNats = value
            bad.peakLearningRate = 0.5
            runs.append(bad)
            var width = runs[index]
            width.runID = PlantedSweep.id(2000 + index)
            width[.modelWidth] = value
            runs.append(width)
        }
        let fit = try TransferCheck.fit(PlantedSweep.request(runs))
        #expect(fit.verdict == .transfers)
        #expect(fit.leftOutCount >= 4)
        #expect(fit.widths[0].diverged == 5)
    }
}
