import Foundation

extension StepLawFit {
    /// What to set for a run of this size and length; with a batch in the target, the best learning
    /// rate for that batch.
    package func recommend(_ target: Target) throws(RecommendError) -> Recommendation {
        try Recommender(self, target).answer()
    }

    /// The fitted bowl around the optimum at a target, for a figure. Its centre is the recommended
    /// point's own bowl: the bowl's optimum, which the band's answer may miss by a little.
    package func surface(
        _ target: Target,
        gridCount: Int = 61
    ) throws(RecommendError) -> LossSurface {
        let base = try Recommender(self, target)
        let (cell, isAtTarget) = nearestCell(base)
        let own = cells[cell]
        let (rates, batches) = grid(base, own, count: min(max(gridCount, 5), 201))
        let excess = batches.map { batch in
            rates.map { rate in
                100 * expm1(min(base.excess(rate: rate, batch: batch), 5))
            }
        }
        let bottom = lossLevel.flatMap { level -> Double? in
            let loss = exp(level.logLoss(n: base.n, d: base.d))
            return isAtTarget || base.answer().extrapolation.inside ? loss : nil
        }
        let outline = surface.bowl.outline(height: log1p(Recommender.tolerance))
        return LossSurface(
            parameterCount: target.parameterCount,
            tokenCount: target.tokenCount,
            learningRates: rates,
            batchTokens: batches,
            excessPercent: excess,
            lossNats: bottom.map { bottom in
                excess.map { row in row.map { bottom * (1 + $0 / 100) } }
            },
            recommended: optimum(target),
            optimum: SurfacePoint(
                peakLearningRate: exp(base.center.x),
                batchTokens: exp(base.center.y)
            ),
            plateauTolerance: Recommender.tolerance,
            plateau: outline.map {
                SurfacePoint(
                    peakLearningRate: exp(base.center.x + $0.x),
                    batchTokens: exp(base.center.y + $0.y)
                )
            },
            stabilityLimit: stability.map { limit in
                batches.map { exp(limit.logRate(n: base.n, logBatch: log($0))) }
            },
            runs: runs.filter { $0.cell == cell },
            runsAreAtTarget: isAtTarget,
            runsParameterCount: own.parameterCount,
            runsTokenCount: own.tokenCount
        )
    }

    private func nearestCell(_ base: Recommender) -> (index: Int, isAtTarget: Bool) {
        func distance(_ cell: Cell) -> Double {
            hypot(
                log(cell.parameterCount / base.target.parameterCount),
                log(cell.tokenCount / base.target.tokenCount)
            )
        }
        let index = cells.indices.min { distance(cells[$0]) < distance(cells[$1]) } ?? 0
        return (index, distance(cells[index]) < 0.02)
    }

    /// Evenly spaced in ln over the optimum's surroundings and, where the runs are the target's
    /// own, over what they cover.
    private func grid(
        _ base: Recommender,
        _ cell: Cell,
        count: Int
    ) -> (rates: [Double], batches: [Double]) {
        func axis(_ middle: Double, _ swept: Bounds) -> [Double] {
            var low = middle - log(6)
            var high = middle + log(6)
            let isNear = log(swept.low) < high && log(swept.high) > low
            if isNear {
                low = min(low, max(log(swept.low), middle - log(30)))
                high = max(high, min(log(swept.high), middle + log(30)))
            }
            return (0..<count).map { index in
                exp(low + (high - low) * Double(index) / Double(count - 1))
            }
        }
        return (axis(base.center.x, cell.learningRates), axis(base.center.y, cell.batchTokens))
    }
}
