import Foundation
import ScalingLaws

/// Suggestions of a mixture and the size to train it at: what a run is expected to improve at the
/// target size, times how much of that one run tells, per cost. The discount for what a smaller
/// model cannot tell follows Huang et al., "Sequential kriging optimization using multiple-fidelity
/// evaluations" (2006); only differences to the best mixture count, so the unknown level of a size
/// is nobody's gain.
struct SizedSuggestion {
    private let next: NextMixtures
    private let sizes: [Double]
    private let target: Double
    private var request: NextMixtureRequest { next.request }

    init(_ next: NextMixtures) throws(MixtureError) {
        self.next = next
        let request = next.request
        guard request.method == .expectedImprovement else {
            throw .invalid(
                field: "method",
                reason: "A choice among sizes needs the method expected-improvement; it is"
                    + " \(request.method.rawValue)."
            )
        }
        var found: [Double] = []
        for run in next.data.runs {
            guard let size = run.parameterCount, size >= 1, size.isFinite else {
                throw .invalid(
                    field: "sizes",
                    reason: "Run \(run.name) does not say its number of parameters, which a choice"
                        + " among sizes needs."
                )
            }
            found.append(size)
        }
        sizes = found
        target =
            request.targetParameterCount
            ?? request.sizes.map(\.parameterCount).max() ?? 1
    }

    func fill(
        _ plan: inout MixturePlan,
        _ isCancelled: (@Sendable () -> Bool)?
    ) throws(MixtureError) {
        guard next.data.runs.count >= max(request.startCount, 4) else { return spread(&plan) }
        var process = try SizedProcess(next.data, sizes: sizes, isCancelled: isCancelled)
        var batch: [[Double]] = []
        for _ in 0..<request.count {
            if isCancelled?() ?? false { throw .cancelled }
            let open = next.pool.filter { next.isApart($0, batch) }
            guard let choice = choose(open, process) else { break }
            plan.add(.suggestion, choice.mixture)
            let place = plan.runs.count - 1
            plan.runs[place].prediction = choice.prediction
            plan.runs[place].deviation = choice.deviation
            plan.runs[place].parameterCount = choice.size.parameterCount
            plan.runs[place].cost = choice.size.cost
            plan.runs[place].reason =
                "expected improvement \(PlanExport.short(choice.improvement)) at"
                + " \(PlanExport.short(target)) parameters; this size tells"
                + " \(PlanExport.short(100 * choice.share)) % of it"
            batch.append(choice.mixture)
            let point = process.point(choice.mixture, size: choice.size.parameterCount)
            try process.believe(point)
        }
    }

    /// Without enough runs for a law: space filled at the cheapest size.
    private func spread(_ plan: inout MixturePlan) {
        let cheapest = request.sizes.min { $0.cost < $1.cost }
        let taken = next.data.runs.map(\.proportions)
        for index in MixtureSelection.spread(next.pool, count: request.count, taken: taken) {
            plan.add(.spread, next.pool[index])
            plan.runs[plan.runs.count - 1].parameterCount = cheapest?.parameterCount
            plan.runs[plan.runs.count - 1].cost = cheapest?.cost
        }
    }

    private struct Choice {
        var mixture: [Double]
        var size: NextMixtureRequest.ProxySize
        /// At the target size.
        var prediction: Double
        var deviation: Double
        var improvement: Double
        /// Of the deviation that the run would take away.
        var share: Double
        var score: Double
    }

    private func choose(_ open: [[Double]], _ process: SizedProcess) -> Choice? {
        // The best trained mixture, as predicted at the target.
        let trained = next.data.runs.map { process.point($0.proportions, size: target) }
        let levels = trained.map { process.loss(at: $0) }
        guard let best = levels.indices.min(by: { levels[$0] < levels[$1] }) else { return nil }
        let incumbent = Known(trained[best], process)
        var choice: Choice?
        for mixture in open {
            let goal = Known(process.point(mixture, size: target), process)
            let spread =
                goal.covariance(goal) + incumbent.covariance(incumbent)
                - 2 * goal.covariance(incumbent)
            guard spread > 1e-14 else { continue }
            let deviation = process.unit * spread.squareRoot()
            let prediction = process.loss(at: goal.point)
            let improvement = Acquisition.expectedImprovement(
                mean: prediction,
                deviation: deviation,
                best: levels[best]
            )
            // Even the whole of it at the cheapest size could not beat the choice so far.
            let cheapest = request.sizes.map(\.cost).min() ?? 1
            guard improvement / cheapest > choice?.score ?? 0 else { continue }
            for size in request.sizes {
                let run = Known(process.point(mixture, size: size.parameterCount), process)
                let tie = run.covariance(goal) - run.covariance(incumbent)
                let noisy = run.covariance(run) + process.kernel.noise
                let share = min(1, abs(tie) / (noisy * spread).squareRoot())
                let score = improvement * share / size.cost
                guard score > choice?.score ?? 0 else { continue }
                choice = Choice(
                    mixture: mixture,
                    size: size,
                    prediction: prediction,
                    deviation: deviation,
                    improvement: improvement,
                    share: share,
                    score: score
                )
            }
        }
        return choice
    }

    /// A point with what the runs tell of it.
    private struct Known {
        var point: SizedProcess.Point
        private var whitened: [Double]
        private let kernel: SizedProcess.Kernel

        init(_ point: SizedProcess.Point, _ process: SizedProcess) {
            self.point = point
            whitened = process.whitened(point)
            kernel = process.kernel
        }

        /// Given the runs, on the standardised scale.
        func covariance(_ other: Known) -> Double {
            var sum = kernel.value(point, other.point)
            for index in whitened.indices { sum -= whitened[index] * other.whitened[index] }
            return sum
        }
    }
}
