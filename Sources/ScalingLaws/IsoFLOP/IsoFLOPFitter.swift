import Foundation
import Runs

/// Groups runs into budgets, finds each budget's optimum and the frontier, and resamples runs.
struct IsoFLOPFitter {
    private let request: FitRequest
    private let data: NonlinearData<Chinchilla>
    private let convention: ComputeConvention

    /// Neighbouring runs within this factor of compute are of one budget.
    static let budgetFactor = 1.12
    static let minimumSizes = 4
    static let minimumBudgets = 3

    init(_ request: FitRequest) {
        self.request = request
        data = NonlinearData<Chinchilla>(request.observations)
        convention = ComputeConvention.measured(
            data.observations.map { ($0[.computeFLOPs], $0.parameterCount, $0.tokenCount) },
            parameters: request.parameterConvention
        )
    }

    private typealias Budget = (logCompute: Double, runs: [Observation])
    private typealias Optimum = (compute: Double, size: Double, loss: Double)

    func run() throws(FitError) -> IsoFLOPFit {
        guard data.count >= Self.minimumBudgets * Self.minimumSizes else {
            throw .notEnough(
                law: IsoFLOP.card.title,
                needed: Self.minimumBudgets * Self.minimumSizes,
                found: data.count,
                needs: "parameterCount, tokenCount, loss",
                leftOut: data.leftOut.count
            )
        }
        let budgets = budgets()
        let found = budgets.map { ($0, Self.optimum($0)) }
        let usable = found.compactMap(\.1)
        let pivot = usable.reduce(0) { $0 + $1.compute } / Double(max(usable.count, 1))
        guard usable.count >= Self.minimumBudgets,
            let best = IsoFLOPFit.Frontier(usable, pivot: pivot)
        else {
            throw .fewValues(
                input: "compute that have a minimum of loss among \(Self.minimumSizes) sizes or"
                    + " more",
                needed: Self.minimumBudgets,
                found: usable.count
            )
        }
        let drawn = draws(budgets, pivot)
        try request.checkCancelled()
        try check(best, drawn.map(\.frontier))
        let profiles = found.enumerated().map { index, pair in
            profile(pair.0, pair.1, drawn.compactMap { $0.sizes[index] })
        }
        return IsoFLOPFit(
            law: IsoFLOP.card.id,
            parameterConvention: request.parameterConvention,
            lossName: request.lossName,
            seed: request.seed,
            dataHash: data.hash,
            convention: convention,
            profiles: profiles,
            best: best,
            draws: drawn.map(\.frontier),
            heldOutSizePercent: heldOut(usable, pivot),
            projected: projected(usable),
            leftOut: Array(data.leftOut.prefix(500)),
            leftOutCount: data.leftOut.count
        )
    }

    private func check(
        _ best: IsoFLOPFit.Frontier,
        _ draws: [IsoFLOPFit.Frontier]
    ) throws(FitError) {
        guard request.options.drawCount > 0 else { return }
        let interval = Quantiles.interval(best.exponent, draws.map(\.exponent))
        guard let interval, interval.high - interval.low <= 1 else {
            throw .unidentified(
                parameter: "a",
                low: interval?.low ?? -.infinity,
                high: interval?.high ?? .infinity,
                advice: "Add sizes on both sides of each budget's optimum, or a further budget."
            )
        }
    }

    private func logCompute(_ run: Observation) -> Double {
        let own = log(run[.computeFLOPs])
        return own.isFinite
            ? own
            : convention.logCompute(
                logSize: log(run.parameterCount),
                logTokens: log(run.tokenCount)
            )
    }

    private func budgets() -> [Budget] {
        let sorted = data.observations.map { (compute: logCompute($0), run: $0) }
            .sorted { ($0.compute, $0.run.runID.hex) < ($1.compute, $1.run.runID.hex) }
        var groups: [[(compute: Double, run: Observation)]] = []
        for entry in sorted {
            if let last = groups.last?.last, entry.compute - last.compute < log(Self.budgetFactor) {
                groups[groups.count - 1].append(entry)
            } else {
                groups.append([entry])
            }
        }
        return groups.map { group in
            let mean = group.reduce(0) { $0 + $1.compute } / Double(group.count)
            return (mean, group.map(\.run))
        }
    }

    /// nil without enough sizes or when the vertex lies outside them.
    private static func optimum(_ budget: Budget) -> Optimum? {
        let points = budget.runs.map { (x: log($0.parameterCount), y: $0.lossNats) }
        let xs = points.map(\.x).sorted()
        let sizes = zip(xs, xs.dropFirst()).count { $1 - $0 > log(1.03) } + 1
        guard sizes >= minimumSizes, let parabola = Parabola(points),
            let low = xs.first, let high = xs.last,
            parabola.vertex > low, parabola.vertex < high, parabola.value > 0
        else { return nil }
        return (budget.logCompute, parabola.vertex, parabola.value)
    }

    private func profile(
        _ budget: Budget,
        _ optimum: Optimum?,
        _ sample: [Double]
    ) -> IsoFLOPFit.Profile {
        let points = budget.runs.map {
            IsoFLOPFit.Point(
                runID: $0.runID.hex,
                runName: $0.runName,
                parameterCount: $0.parameterCount,
                tokenCount: $0.tokenCount,
                lossNats: $0.lossNats
            )
        }
        var profile = IsoFLOPFit.Profile(budgetFLOPs: exp(budget.logCompute), points: points)
        let curve = Parabola(budget.runs.map { (log($0.parameterCount), $0.lossNats) })
        guard let optimum, let curve else {
            profile.refused =
                points.count < Self.minimumSizes
                ? "\(points.count) runs; a profile needs \(Self.minimumSizes) sizes."
                : "no minimum among its sizes; add runs beyond the best one."
            return profile
        }
        let size = Quantiles.interval(optimum.size, sample)
        profile.optimum = IsoFLOPFit.Optimum(
            parameterCount: Interval(
                value: exp(optimum.size),
                low: exp(size?.low ?? optimum.size),
                high: exp(size?.high ?? optimum.size)
            ),
            tokenCount: exp(
                convention.logTokens(logCompute: optimum.compute, logSize: optimum.size)
            ),
            lossNats: optimum.loss,
            curvature: curve.curvature
        )
        return profile
    }

    private typealias Draw = (frontier: IsoFLOPFit.Frontier, sizes: [Double?])

    private func draws(_ budgets: [Budget], _ pivot: Double) -> [Draw] {
        let seed = request.seed
        return ParallelMap.map(request.options.drawCount) { draw -> Draw? in
            var random = SplitMix64(seed: seed &+ UInt64(draw) &* 0x9E37_79B9)
            let optima = budgets.map { budget -> Optimum? in
                let runs = budget.runs.indices.map { _ in
                    budget.runs[random.index(below: budget.runs.count)]
                }
                return Self.optimum((budget.logCompute, runs))
            }
            let usable = optima.compactMap(\.self)
            guard usable.count >= Self.minimumBudgets,
                let frontier = IsoFLOPFit.Frontier(usable, pivot: pivot)
            else { return nil }
            return (frontier, optima.map { $0?.size })
        }.compactMap(\.self)
    }

    /// N* of the largest budget by the frontier of the others, above its own, in per cent.
    private func heldOut(_ optima: [Optimum], _ pivot: Double) -> Double? {
        guard optima.count > Self.minimumBudgets, let last = optima.last,
            let rest = IsoFLOPFit.Frontier(Array(optima.dropLast()), pivot: pivot)
        else { return nil }
        return 100 * expm1(rest.logSize(last.compute) - last.size)
    }

    private func projected(_ optima: [Optimum]) -> IsoFLOPFit.Projected? {
        let problem = VariableProjection(
            data.inputs,
            losses: data.observations.map(\.lossNats),
            weights: [Double](repeating: 1, count: data.count)
        )
        guard let found = problem.minimum(), let last = optima.last else { return nil }
        let plane = Self.plane(found.theta, convention)
        guard let best = plane.best(logCompute: last.compute), LossPlane.isInside(best) else {
            return nil
        }
        return IsoFLOPFit.Projected(
            exponent: found.beta / (found.alpha + found.beta),
            theta: found.theta,
            differencePercent: 100 * expm1(last.size - best.logSize)
        )
    }

    static func plane(_ theta: [Double], _ convention: ComputeConvention) -> LossPlane {
        let theta = Coordinates<ChinchillaVPNLS.Coordinate>(theta)
        return LossPlane(
            loss: { size, tokens in
                var gradient = Coordinates<ChinchillaVPNLS.Coordinate>()
                let point = SizeAndTokens(logSize: size, logTokens: tokens)
                return exp(ChinchillaVPNLS.logPrediction(point, theta, &gradient))
            },
            convention: convention
        )
    }
}
