import Foundation

/// Answers one target from one fit.
struct Recommender {
    /// The plateau's height as a share of the loss.
    static let tolerance = 0.001
    /// Targets this close to the hull of the cells, in ln units, count as inside.
    static let hullSlack = 0.02
    /// Beyond this distance outside the cells, in ln units, an answer is called a guess.
    static let farDistance: Double = log(10)

    let fit: StepLawFit
    let target: Target
    let n: Double
    let d: Double
    /// ln of the free optimum by the recommending estimator.
    let free: (x: Double, y: Double)
    /// ln of the bowl's own optimum.
    let center: (x: Double, y: Double)

    init(_ fit: StepLawFit, _ target: Target) throws(RecommendError) {
        try target.check()
        self.fit = fit
        self.target = target
        (n, d) = fit.coordinates(target)
        free = fit.optimumLaw.point(n: n, d: d)
        center = fit.bowlCenter(n: n, d: d)
        guard free.x.isFinite, 1e-12...1e3 ~= exp(free.x) else {
            throw .outOfRange(field: "peakLearningRate", value: exp(free.x))
        }
        guard free.y.isFinite, exp(free.y) >= 1, exp(free.y) <= target.tokenCount else {
            throw .outOfRange(field: "batchTokens", value: exp(free.y))
        }
    }

    func answer() -> Recommendation {
        let batch = batchInterval
        let (rate, stability) = capped(rateInterval)
        let extrapolation = extrapolation(batch: batch.value)
        let (loss, reason) = predictedLoss(rate.value, batch.value, extrapolation)
        return Recommendation(
            target: target,
            peakLearningRate: rate,
            batchTokens: batch,
            batchSequences: target.sequenceLength.map { length in
                Interval(
                    value: batch.value / length,
                    low: batch.low / length,
                    high: batch.high / length
                )
            },
            plateau: plateau,
            predictedLoss: loss,
            predictedLossReason: reason,
            mode: target.batchTokens == nil ? .free : .givenBatch,
            extrapolation: extrapolation,
            rivals: RivalAnswers(self).all(),
            provenance: provenance,
            warnings: stability + warnings(extrapolation)
        )
    }

    // MARK: the point

    /// ln of the given batch over the free one; 0 when the batch is free.
    var givenRatio: Double { target.batchTokens.map { log($0) - free.y } ?? 0 }

    private var batchInterval: Interval {
        if let given = target.batchTokens { return Interval(value: given, low: given, high: given) }
        return fit.batch.uncertainty.interval(logValue: free.y, n: n, d: d)
    }

    private var rateInterval: Interval {
        let own = fit.learningRate.uncertainty.interval(logValue: free.x, n: n, d: d)
        guard target.batchTokens != nil else { return own }
        // Beside the optimum's own uncertainty: that of the optimal batch, through the slope of the
        // conditional law, and what the law leaves unexplained, away from the optimum.
        let ratio = givenRatio
        let shift = fit.conditional.shift(ratio)
        let slope = (fit.conditional.shift(ratio + 1e-4) - shift) / 1e-4
        let batch = fit.batch.uncertainty.interval(logValue: free.y, n: n, d: d)
        let batchHalf = log(batch.high / batch.low) / 2
        let awayness = 1 - exp(-ratio * ratio)
        let extra =
            slope * slope * batchHalf * batchHalf
            + pow(1.645 * fit.conditional.residual * awayness, 2)
        let below = log(own.value / own.low)
        let above = log(own.high / own.value)
        let value = free.x + shift
        return Interval(
            value: exp(value),
            low: exp(value - (below * below + extra).squareRoot()),
            high: exp(value + (above * above + extra).squareRoot())
        )
    }

    /// Keeps the rate below the one at which half of the runs diverge, and says when it is near.
    private func capped(_ rate: Interval) -> (Interval, [String]) {
        guard let stability = fit.stability else { return (rate, []) }
        let y = target.batchTokens.map { log($0) } ?? free.y
        let limit = stability.logRate(n: n, logBatch: y)
        let margin = (log(rate.value) - limit) / stability.width
        let share = Int((100 / (1 + exp(-margin))).rounded())
        if margin > 0 {
            let cap = exp(limit)
            let lowered = Interval(value: cap, low: min(rate.low, cap), high: cap)
            return (
                lowered,
                [
                    "The law's learning rate \(rate.value) lies above \(cap), where half of the runs"
                        + " diverge by \(stability.divergedCount) diverged runs; it was lowered to"
                        + " that."
                ]
            )
        }
        guard margin > -2.2 else { return (rate, []) }
        return (
            rate,
            [
                "Near the stability limit: about \(share) % of runs at this size, batch and learning"
                    + " rate diverge; half do at \(exp(limit))."
            ]
        )
    }

    // MARK: plateau and loss

    private var plateau: Recommendation.Plateau {
        let height = log1p(Self.tolerance)
        let bowl = fit.surface.bowl
        if let given = target.batchTokens {
            let extent = bowl.rateExtent(height: height)
            let middle = free.x + fit.conditional.shift(givenRatio)
            return .init(
                tolerance: Self.tolerance,
                peakLearningRate: Bounds(
                    low: exp(middle + extent.low),
                    high: exp(middle + extent.high)
                ),
                batchTokens: Bounds(low: given, high: given),
                outline: []
            )
        }
        let outline = bowl.outline(height: height).map { point in
            SurfacePoint(
                peakLearningRate: exp(free.x + point.x),
                batchTokens: exp(free.y + point.y)
            )
        }
        func bounds(_ values: [Double]) -> Bounds {
            Bounds(low: values.min() ?? 0, high: values.max() ?? 0)
        }
        return .init(
            tolerance: Self.tolerance,
            peakLearningRate: bounds(outline.map(\.peakLearningRate)),
            batchTokens: bounds(outline.map(\.batchTokens)),
            outline: outline
        )
    }

    /// ln of loss above the bowl's bottom at a point.
    func excess(rate: Double, batch: Double) -> Double {
        fit.surface.bowl.excess(x: log(rate) - center.x, y: log(batch) - center.y)
    }

    private func predictedLoss(
        _ rate: Double,
        _ batch: Double,
        _ extrapolation: Recommendation.Extrapolation
    ) -> (Interval?, String?) {
        guard extrapolation.inside else {
            return (
                nil,
                "The target lies outside the sizes and token counts that were trained; without a law"
                    + " of the loss itself none is predicted there."
            )
        }
        guard let level = fit.lossLevel else {
            return (nil, "Too few cells to interpolate the loss between them.")
        }
        let above = excess(rate: rate, batch: batch)
        guard above < 0.5 else {
            return (nil, "The given batch is too far from all runs for the surface to hold there.")
        }
        let center = level.logLoss(n: n, d: d) + above
        let half =
            StudentQuantile.ninetyPercent(max(fit.cells.count - 3, 1))
            * level.leaveOneOutError + above / 2
        return (
            Interval(value: exp(center), low: exp(center - half), high: exp(center + half)), nil
        )
    }

    // MARK: evidence

    private func extrapolation(batch: Double) -> Recommendation.Extrapolation {
        let points = fit.cells.map { cell in
            (
                x: log(cell.parameterCount / fit.pivot.parameterCount),
                y: log(cell.tokenCount / fit.pivot.tokenCount)
            )
        }
        let offset = ConvexHull(points).offset(to: (n, d))
        let isInside = hypot(offset.x, offset.y) <= Self.hullSlack
        let low = fit.cells.map(\.batchTokens.low).min() ?? batch
        let high = fit.cells.map(\.batchTokens.high).max() ?? batch
        let distance = Recommendation.Extrapolation.Distance(
            parameters: isInside ? 0 : abs(offset.x),
            tokens: isInside ? 0 : abs(offset.y),
            batch: max(log(low / batch), log(batch / high), 0)
        )
        func squared(_ point: (x: Double, y: Double)) -> Double {
            (point.x - n) * (point.x - n) + (point.y - d) * (point.y - d)
        }
        let nearest = points.indices.min { squared(points[$0]) < squared(points[$1]) } ?? 0
        let cell = fit.cells[nearest]
        return .init(
            inside: isInside,
            distance: distance,
            nearestRun: .init(
                runID: cell.best.runID,
                runName: cell.best.runName,
                parameterCount: cell.parameterCount,
                tokenCount: cell.tokenCount,
                peakLearningRate: cell.best.peakLearningRate,
                batchTokens: cell.best.batchTokens,
                lossNats: cell.best.lossNats
            ),
            note: note(isInside, distance)
        )
    }

    private func note(
        _ isInside: Bool,
        _ distance: Recommendation.Extrapolation.Distance
    ) -> String {
        guard !isInside else { return "Inside the sizes and token counts of the runs." }
        func factor(_ logarithm: Double) -> String {
            let value = exp(logarithm)
            return value < 10
                ? "\((value * 100).rounded() / 100)" : "\((value * 10).rounded() / 10)"
        }
        return "Outside the runs: \(factor(distance.parameters)) times in model size and"
            + " \(factor(distance.tokens)) times in tokens beyond the nearest swept region."
    }

    private var provenance: Recommendation.Provenance {
        .init(
            fitID: nil,
            law: fit.law,
            estimator: fit.estimator,
            runs: fit.runCount,
            diverged: fit.divergedCount,
            leftOut: fit.leftOutCount,
            cells: fit.cells.count,
            dataHash: fit.dataHash,
            equation: fit.batchForm == .tokens
                ? "LR* = c·N^a·D^b;  B* = d·D^e" : "LR* = c·N^a·D^b;  B* = d·N^f·D^e",
            parameterConvention: fit.parameterConvention,
            lossName: fit.lossName,
            seed: fit.seed
        )
    }

    private func warnings(_ extrapolation: Recommendation.Extrapolation) -> [String] {
        var warnings: [String] = []
        let distance = extrapolation.distance
        if hypot(distance.parameters, distance.tokens) > Self.farDistance {
            warnings.append(
                "More than ten times outside the data: treat the answer as a guess and see how far"
                    + " the published laws disagree."
            )
        }
        if target.batchTokens != nil {
            let ratio = exp(givenRatio)
            let swept = fit.conditional.batchRatios
            if !(swept.low...max(swept.high, swept.low) ~= ratio) {
                warnings.append(
                    "The given batch is \(ratio) times the optimal one; the runs cover"
                        + " \(swept.low) to \(swept.high) times."
                )
            }
        }
        let beats = fit.baselines.filter {
            $0.interpolated.mean < fit.crossValidation.interpolated.mean
        }
        for baseline in beats {
            warnings.append(
                "On left-out cells the law does not beat the simple rule \"\(baseline.title)\"."
            )
        }
        return warnings + fit.warnings
    }
}
