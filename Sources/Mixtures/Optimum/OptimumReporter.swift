import Foundation
import ScalingLaws

/// Makes the report of an optimum from stored fits. Pure and deterministic.
package enum OptimumReporter {
    /// - Parameters:
    ///   - fits: one per target, over the same domains.
    ///   - rivals: other laws of the same runs, by target and law id.
    package static func report(
        _ fits: [MixtureFit],
        _ request: OptimumRequest,
        rivals: [String: [String: any FittedMixtureLaw]] = [:],
        isCancelled: (@Sendable () -> Bool)? = nil
    ) throws(MixtureError) -> OptimumReport {
        let study = try OptimumStudy(fits, request, rivals, isCancelled)
        return try study.report()
    }

    /// The trade-offs of a report alone: best mixtures for many weightings of two targets or more.
    package static func tradeoffs(
        _ fits: [MixtureFit],
        _ request: OptimumRequest
    ) throws(MixtureError) -> [OptimumReport.Tradeoff] {
        let study = try OptimumStudy(fits, request, [:], nil)
        // Constraints that exclude one another are told here; single weightings may fail silently.
        _ = try study.problem.search(study.problem.objective, study.starts)
        return study.tradeoffs()
    }

    /// What a share moved into each domain gains each target, alone.
    package static func worth(
        _ fits: [MixtureFit],
        _ request: OptimumRequest
    ) throws(MixtureError) -> [OptimumReport.Worth] {
        try OptimumStudy(fits, request, [:], nil).worth()
    }
}

/// Fits and request, checked; every part of the report is a method of it.
struct OptimumStudy {
    var fits: [MixtureFit]
    var request: OptimumRequest
    var problem: OptimumProblem
    var rivals: [String: [String: any FittedMixtureLaw]]
    var weights: [Double]
    /// Weighted law and weighted resampled laws.
    var cautious: CautiousObjective
    /// Mixtures of all runs, each once, with the weighted loss where all targets were measured.
    var runs: [(name: String, proportions: [Double], loss: Double?)]
    var reach: Double
    private(set) var starts: [[Double]] = []
    var isCancelled: (@Sendable () -> Bool)?

    init(
        _ fits: [MixtureFit],
        _ request: OptimumRequest,
        _ rivals: [String: [String: any FittedMixtureLaw]],
        _ isCancelled: (@Sendable () -> Bool)?
    ) throws(MixtureError) {
        guard let first = fits.first else {
            throw .invalid(field: "targets", reason: "An optimum needs a fitted target.")
        }
        guard fits.allSatisfy({ $0.domains == first.domains }) else {
            throw .invalid(
                field: "targets",
                reason: "The targets were fitted over different domains; fit them over the same."
            )
        }
        self.fits = fits
        self.request = request
        self.rivals = rivals
        self.isCancelled = isCancelled
        weights = try Self.weights(fits, request)
        _ = try ConstraintReader.number(request.caution, "caution", in: 0...100)
        if let within = request.equivalence {
            _ = try ConstraintReader.number(within, "equivalence", in: 0...1e12)
        }
        if let limit = request.trustDistance {
            _ = try ConstraintReader.number(limit, "trustDistance", in: 0...2)
        }
        problem = try OptimumProblem(
            domains: first.domains,
            targets: zip(fits, weights).map { fit, weight in
                MixtureTarget(name: fit.target, weight: weight, law: fit.model)
            },
            constraints: request.constraints,
            seed: request.seed
        )
        let count = fits.map(\.draws.count).min() ?? 0
        let problem = problem
        let weights = weights
        let draws = (0..<count).map { draw in
            var objective = problem.function(
                of: zip(fits, weights).map { ($1, $0.draws[draw]) }
            )
            objective.pull = problem.pull
            return objective
        }
        cautious = CautiousObjective(
            law: problem.objective,
            draws: draws,
            caution: request.caution
        )
        runs = Self.runs(fits, weights)
        reach = fits.map(\.reach).min() ?? 2
        starts = Self.starts(self)
    }

    private static func weights(
        _ fits: [MixtureFit],
        _ request: OptimumRequest
    ) throws(MixtureError) -> [Double] {
        for name in request.weights.keys.sorted() where !fits.contains(where: { $0.target == name })
        {
            throw .invalid(
                field: "weights",
                reason: "weights names \(name), for which there is no fit; there are "
                    + fits.map(\.target).joined(separator: ", ") + "."
            )
        }
        let given = fits.map { request.weights[$0.target] ?? 1 }
        let sum = given.reduce(0, +)
        guard sum > 0, sum.isFinite, given.allSatisfy({ $0 >= 0 }) else {
            throw .invalid(
                field: "weights",
                reason: "Weights of targets are not negative, and one is above 0."
            )
        }
        return given.map { $0 / sum }
    }

    private static func runs(
        _ fits: [MixtureFit],
        _ weights: [Double]
    ) -> [(name: String, proportions: [Double], loss: Double?)] {
        var losses: [UUID: (sum: Double, count: Int)] = [:]
        for (fit, weight) in zip(fits, weights) {
            for run in fit.runs {
                let known = losses[run.id] ?? (0, 0)
                losses[run.id] = (known.sum + weight * run.loss, known.count + 1)
            }
        }
        var seen: Set<UUID> = []
        return fits.flatMap(\.runs).compactMap { run in
            guard seen.insert(run.id).inserted else { return nil }
            let total = losses[run.id]
            return (run.name, run.proportions, total?.count == fits.count ? total?.sum : nil)
        }
    }

    func checkCancelled() throws(MixtureError) {
        if isCancelled?() ?? false { throw .cancelled }
    }

    /// Runs by weighted observed loss, best first.
    var ranked: [(name: String, proportions: [Double], loss: Double)] {
        runs.compactMap { run in run.loss.map { (run.name, run.proportions, $0) } }
            .sorted { $0.2 < $1.2 }
    }

    /// Mixtures worth starting from: the best runs, the optima of the laws of a stack, and the
    /// reference.
    private static func starts(_ study: OptimumStudy) -> [[Double]] {
        let best = study.ranked.prefix(2).map(\.proportions)
        var starts = best
        for (fit, weight) in zip(study.fits, study.weights) where weight > 0 {
            for law in fit.model.stackedLaws {
                let objective = study.problem.function(of: [(1, law)])
                if let own = study.near(best.first, objective) { starts.append(own.proportions) }
            }
        }
        if let reference = study.problem.reference { starts.append(reference) }
        let objective = study.problem.objective
        return starts.map { ($0, objective.value($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// The optimum of a function beside a mixture.
    func near(_ start: [Double]?, _ objective: MixtureObjective) -> MixtureSearch.Found? {
        var search = MixtureSearch(
            set: problem.set,
            function: objective,
            separable: objective.separable,
            seed: problem.seed
        )
        search.startsInMiddle = false
        return try? search.minimise(from: start.map { [$0] } ?? [])
    }

    func nearest(_ proportions: [Double]) -> (name: String?, distance: Double) {
        var best: (String?, Double) = (nil, 2)
        for run in runs {
            let distance = run.proportions.distance(to: proportions)
            if distance < best.1 { best = (run.name, distance) }
        }
        return best
    }

    func candidate(
        _ kind: OptimumReport.Candidate.Kind,
        _ title: String,
        _ proportions: [Double],
        observed: Double? = nil
    ) -> OptimumReport.Candidate {
        let loss = problem.objective.loss(proportions)
        let deviation = deviation(proportions)
        let near = nearest(proportions)
        return OptimumReport.Candidate(
            kind: kind,
            title: title,
            proportions: proportions,
            loss: Interval(
                value: loss,
                low: loss - 1.645 * deviation,
                high: loss + 1.645 * deviation
            ),
            deviation: deviation,
            losses: problem.losses(proportions),
            observed: observed,
            distance: near.distance,
            nearestRun: near.name,
            isExtrapolation: near.distance > reach,
            isAllowed: problem.set.violation(of: proportions) < 1e-6
        )
    }

    /// Of the resampled laws, or the laws' own where that is larger.
    func deviation(_ proportions: [Double]) -> Double {
        let drawn = cautious.draws.count > 1 ? cautious.moments(proportions).deviation : 0
        let own = problem.objective.deviation(proportions)
        let largest = max(drawn, own)
        return largest.isFinite ? largest : 0
    }
}
