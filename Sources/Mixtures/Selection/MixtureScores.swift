import Foundation

/// How predictions of left-out runs did.
package enum MixtureScores {
    /// - Parameters:
    ///   - predicted: one value per run.
    ///   - truth: the same runs' losses.
    package static func score(
        _ law: String,
        _ predicted: [Double],
        _ truth: [Double]
    ) -> MixtureFit.Score {
        var score = MixtureFit.Score(law: law)
        let count = Double(truth.count)
        guard count > 0, predicted.count == truth.count else { return score }
        let mean = truth.reduce(0) { $0 + $1 / count }
        var (square, absolute, variance) = (0.0, 0.0, 0.0)
        for (own, loss) in zip(predicted, truth) {
            square += (own - loss) * (own - loss)
            absolute += abs(own - loss)
            variance += (loss - mean) * (loss - mean)
        }
        score.meanAbsoluteError = absolute / count
        if variance > 0 { score.r2 = 1 - square / variance }
        score.pearson = correlation(predicted, truth)
        score.spearman = correlation(ranks(predicted), ranks(truth))
        return score
    }

    /// Spearman's rank correlation; nil where one side is constant.
    package static func spearman(_ a: [Double], _ b: [Double]) -> Double? {
        correlation(ranks(a), ranks(b))
    }

    /// Places in rising order; equal values share the mean of theirs.
    package static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var last = first
            while last + 1 < order.count, values[order[last + 1]] == values[order[first]] {
                last += 1
            }
            for place in first...last { ranks[order[place]] = Double(first + last) / 2 }
            first = last + 1
        }
        return ranks
    }

    /// Pearson's correlation; nil where one side is constant.
    package static func correlation(_ a: [Double], _ b: [Double]) -> Double? {
        let count = Double(a.count)
        guard count > 1, a.count == b.count else { return nil }
        let (first, second) = (a.reduce(0) { $0 + $1 / count }, b.reduce(0) { $0 + $1 / count })
        var (cross, left, right) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            cross += (x - first) * (y - second)
            left += (x - first) * (x - first)
            right += (y - second) * (y - second)
        }
        let value = cross / (left * right).squareRoot()
        return value.isFinite ? value : nil
    }
}
