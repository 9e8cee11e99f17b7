import Foundation

/// What one more run would teach about the answer at a target, over its learning rate and batch:
/// the share of the expected regret that it would take away. Runs are of the size and token count
/// where the best single run takes away most.
package struct RunGainMap: Sendable, Hashable {
    /// Of the runs that are weighed.
    package var parameterCount: Double
    package var tokenCount: Double
    package var learningRates: [Double]
    package var batchTokens: [Double]
    /// By batch, then by learning rate: per cent of `expectedRegretPercent`.
    package var gainPercent: [[Double]]
    /// Expected loss of today's answer above the best, in per cent.
    package var expectedRegretPercent: Double
    /// The best runs one after the other, each knowing those before it.
    package var best: [Candidate]

    package struct Candidate: Sendable, Hashable {
        package var peakLearningRate: Double
        package var batchTokens: Double
        /// Expected regret once it is made, in per cent of loss.
        package var afterPercent: Double
    }

    /// - Parameters:
    ///   - budgetFLOPs: no run may cost more; by default what the target costs.
    ///   - count: of `best`.
    /// - Throws: for a target that no training can have, or a budget that pays for no swept size.
    package init(
        _ fit: StepLawFit,
        target: Target,
        budgetFLOPs: Double? = nil,
        count: Int = 3,
        gridCount: Int = 41
    ) throws(RecommendError) {
        let design = try RunDesign(fit, target: target)
        let budget = budgetFLOPs ?? 6 * target.parameterCount * target.tokenCount
        let points = DesignPool(fit: fit, target: target, budget: budget * (1 + 1e-9)).points()
        guard let first = Self.best(points, design) else {
            throw .refused(
                field: "flops",
                reason: "A budget of \(budget) FLOPs pays for no run at the sizes that were swept."
            )
        }
        let cell = Target(parameterCount: first.parameterCount, tokenCount: first.tokenCount)
        let surface = try fit.surface(cell, gridCount: gridCount)
        let before = design.expectedRegretPercent
        parameterCount = first.parameterCount
        tokenCount = first.tokenCount
        learningRates = surface.learningRates
        batchTokens = surface.batchTokens
        expectedRegretPercent = before
        gainPercent = surface.batchTokens.map { batch in
            surface.learningRates.map { rate in
                var point = first
                point.peakLearningRate = rate
                point.batchTokens = batch
                return 100 * (1 - design.after(point) / max(before, 1e-300))
            }
        }
        let own = points.filter {
            $0.parameterCount == first.parameterCount && $0.tokenCount == first.tokenCount
        }
        best = Self.sequence(own, design, count: count)
    }

    private static func best(_ points: [DesignPoint], _ design: RunDesign) -> DesignPoint? {
        points.map { ($0, design.after($0)) }.filter { $0.1.isFinite }.min { $0.1 < $1.1 }?.0
    }

    private static func sequence(
        _ points: [DesignPoint],
        _ design: RunDesign,
        count: Int
    ) -> [Candidate] {
        var design = design
        return (0..<max(count, 0)).compactMap { _ in
            guard let point = best(points, design) else { return nil }
            design.add(point)
            return Candidate(
                peakLearningRate: point.peakLearningRate,
                batchTokens: point.batchTokens,
                afterPercent: design.expectedRegretPercent
            )
        }
    }
}

extension RunDesign {
    /// Expected regret in per cent once this run is made too.
    func after(_ point: DesignPoint) -> Double {
        let (cell, known) = cell(of: point)
        return expectedRegretPercent(adding: adding(point, to: cell), replacing: known)
    }
}
