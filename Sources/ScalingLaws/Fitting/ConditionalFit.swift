import Foundation

/// Best learning rate of every (cell, batch) slice, and the saturating law through them.
///
/// The law is tied to the optimum, LR(B*) = LR*: only slope and knee are fitted, so that a given
/// batch equal to the free one gives the same answer. Sharpness is 3.
enum ConditionalFit {
    struct Slice: Sendable {
        /// Index into the cells of the table.
        var cell: Int
        /// Runs of the slice by rising rate, as indices into the cell.
        var runs: [Int]
        /// ln of the batch over the optimal batch, and of the slice's best rate over the optimal
        /// one.
        var ratio: Double
        var shift: Double
    }

    static let minimumSlices = 12

    static func fit(_ table: CellTable, law: OptimumLaw, bowl: Bowl) -> ConditionalLaw {
        let slices = slices(table, law: law)
        let ratios = slices.map(\.ratio)
        var (slope, knee) = (bowl.ridgeSlope, bowl.ridgeKnee)
        var best = cost(slices, slope, knee)
        let isFitted = slices.count >= minimumSlices
        if isFitted {
            for kneeStep in -100...50 {
                let candidate = exp(Double(kneeStep) * 0.02)
                let found = bestSlope(slices, knee: candidate)
                let value = cost(slices, found, candidate)
                if value < best { (slope, knee, best) = (found, candidate, value) }
            }
        }
        return ConditionalLaw(
            atOptimalBatch: law.learningRate,
            slope: slope,
            sharpness: JointProblem.sharpness,
            knee: knee,
            residual: slices.isEmpty ? 0 : (best / Double(slices.count)).squareRoot(),
            sliceCount: slices.count,
            batchRatios: Bounds(low: exp(ratios.min() ?? 0), high: exp(ratios.max() ?? 0)),
            isFitted: isFitted
        )
    }

    /// The law is linear in the slope at a given knee.
    private static func bestSlope(_ slices: [Slice], knee: Double) -> Double {
        var sums = (xx: 0.0, xy: 0.0)
        for slice in slices {
            let bend = ridge(slice.ratio, slope: 1, knee: knee)
            sums.xx += bend * bend
            sums.xy += bend * slice.shift
        }
        return sums.xx > 0 ? min(max(sums.xy / sums.xx, 0.15), 1.35) : 0.15
    }

    private static func cost(_ slices: [Slice], _ slope: Double, _ knee: Double) -> Double {
        slices.reduce(0) { sum, slice in
            let error = slice.shift - ridge(slice.ratio, slope: slope, knee: knee)
            return sum + error * error
        }
    }

    static func ridge(_ y: Double, slope: Double, knee: Double) -> Double {
        let power = JointProblem.sharpness
        let bend = log(knee)
        return slope / power * (Bowl.softplus(power * bend) - Bowl.softplus(power * (bend - y)))
    }

    /// Vertex of a parabola through the best rate of a slice and its neighbours; slices whose best
    /// rate is the lowest or highest swept say nothing of the vertex and are left out.
    static func slices(_ table: CellTable, law: OptimumLaw) -> [Slice] {
        var slices: [Slice] = []
        for (index, cell) in table.cells.enumerated() {
            let center = law.point(n: cell.n, d: cell.d)
            var byBatch: [Double: [Int]] = [:]
            for run in 0..<cell.count { byBatch[cell.y[run], default: []].append(run) }
            for (batch, indices) in byBatch.sorted(by: { $0.key < $1.key })
            where indices.count >= 4 {
                let sorted = indices.sorted { cell.x[$0] < cell.x[$1] }
                guard let at = sorted.indices.min(by: { cell.l[sorted[$0]] < cell.l[sorted[$1]] }),
                    at > 0, at + 1 < sorted.count
                else { continue }
                let points = sorted[(at - 1)...(at + 1)].map { (cell.x[$0], cell.l[$0]) }
                guard let vertex = vertex(points) else { continue }
                slices.append(
                    Slice(
                        cell: index,
                        runs: sorted,
                        ratio: batch - center.y,
                        shift: vertex - center.x
                    )
                )
            }
        }
        return slices
    }

    private static func vertex(_ p: [(x: Double, l: Double)]) -> Double? {
        let left = (p[1].l - p[0].l) / (p[1].x - p[0].x)
        let right = (p[2].l - p[1].l) / (p[2].x - p[1].x)
        let curvature = (right - left) / (p[2].x - p[0].x)
        guard curvature.isFinite, curvature > 0 else { return nil }
        let at = (p[0].x + p[1].x) / 2 - left / (2 * curvature)
        return min(max(at, p[0].x), p[2].x)
    }
}

extension ConditionalLaw {
    /// ln of the best learning rate at this batch over the one at the optimal batch.
    /// - Parameter y: ln of the batch over the optimal batch.
    package func shift(_ y: Double) -> Double {
        ConditionalFit.ridge(y, slope: slope, knee: knee)
    }
}
