import Foundation
import TestSupport

/// A table of a planted sweep: 3 sizes x 3 budgets x 5 rates x 4 batches, one bowl for all.
enum SweepTable {
    static let query =
        "project=sweep&parameterConvention=total&name=name&map=parameterCount%3DN"
        + "&map=tokenCount%3DD&map=peakLearningRate%3Dlr&map=batchTokens%3Dbs&map=loss%3Dfinal"

    static let runCount = 180

    static let csv: String = {
        var generator = SeededGenerator(seed: 7)
        var lines = ["name,N,D,lr,bs,final"]
        for n in [1e6, 4e6, 16e6] {
            for d in [2e8, 8e8, 3.2e9] {
                for rate in -2...2 {
                    for batch in -1...2 {
                        let best = 0.01 * pow(n / 4e6, -0.5) * pow(d / 8e8, 0.1)
                        let bestBatch = 65_536 * pow(d / 8e8, 0.5)
                        let lr = best * pow(2, Double(rate)) * 1.1
                        let bs = bestBatch * pow(2, Double(batch)) * 0.8
                        let x = log(lr / best)
                        let y = log(bs / bestBatch)
                        let noise = 1 + Double.random(in: -0.0005...0.0005, using: &generator)
                        let level = 2 + 40 / pow(n, 0.3) + 60 / pow(d, 0.25)
                        let loss = level * (1 + 0.01 * x * x + 0.006 * y * y) * noise
                        lines.append("run\(lines.count),\(n),\(d),\(lr),\(bs),\(loss)")
                    }
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }()
}
