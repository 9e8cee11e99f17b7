import Foundation
import ScalingLaws

extension OptimumStudy {
    /// Best mixtures for many weightings of the targets, those that none of the others beats.
    func tradeoffs() -> [OptimumReport.Tradeoff] {
        guard fits.count > 1 else { return [] }
        let corners = fits.indices.compactMap { index in
            point(fits.indices.map { $0 == index ? 1 : 1e-6 })
        }
        guard corners.count == fits.count else { return [] }
        // Targets of different spread get comparable weights.
        let spreads = fits.indices.map { index in
            let name = fits[index].target
            let values = corners.compactMap { $0.losses[name] }
            return max((values.max() ?? 0) - (values.min() ?? 0), 1e-12)
        }
        var points = corners
        for weights in weightings() {
            let scaled = zip(weights, spreads).map { $0 / $1 }
            let sum = scaled.reduce(0, +)
            guard let found = point(scaled.map { $0 / sum }) else { continue }
            points.append(found)
        }
        let names = fits.map(\.target)
        func losses(_ point: OptimumReport.Tradeoff) -> [Double] {
            names.map { point.losses[$0] ?? .infinity }
        }
        let kept = points.filter { point in
            let own = losses(point)
            return !points.contains { other in
                let theirs = losses(other)
                return zip(theirs, own).allSatisfy { $0 <= $1 + 1e-9 }
                    && zip(theirs, own).contains { $0 < $1 - 1e-7 }
            }
        }
        return kept.sorted { losses($0)[0] < losses($1)[0] }
    }

    /// Thirteen weightings of two targets; the pairs, triples and the mean of more.
    private func weightings() -> [[Double]] {
        let count = fits.count
        if count == 2 { return (1...11).map { [Double($0) / 12, 1 - Double($0) / 12] } }
        var found = [[Double](repeating: 1 / Double(count), count: count)]
        for first in 0..<count {
            for second in 0..<first where found.count < 40 {
                var weights = [Double](repeating: 0.02, count: count)
                weights[first] = 1
                weights[second] = 1
                found.append(weights)
            }
        }
        return found
    }

    private func point(_ weights: [Double]) -> OptimumReport.Tradeoff? {
        var objective = problem.function(of: zip(fits, weights).map { ($1, $0.model) })
        objective.pull = problem.pull
        // One search a point: a front of many targets would take minutes of many starts each.
        let start = starts.map { ($0, objective.value($0)) }.min { $0.1 < $1.1 }?.0
        guard let found = near(start, objective) else { return nil }
        return OptimumReport.Tradeoff(
            weights: Dictionary(
                zip(fits.map(\.target), weights),
                uniquingKeysWith: { first, _ in first }
            ),
            proportions: found.proportions,
            losses: problem.losses(found.proportions)
        )
    }

    /// The mixture that worth is told at: the reference, or the mean of the runs.
    var usual: [Double] { problem.reference ?? meanOfRuns }

    var meanOfRuns: [Double] {
        var mean = [Double](repeating: 0, count: problem.domains.count)
        for run in runs {
            for index in mean.indices { mean[index] += run.proportions[index] }
        }
        let sum = mean.reduce(0, +)
        let even = 1 / Double(max(mean.count, 1))
        return mean.map { sum > 0 ? $0 / sum : even }
    }

    /// Gain of each domain for each target.
    func worth() -> [OptimumReport.Worth] {
        let place = usual
        return fits.flatMap { fit in
            let gains = gains(fit.model, place)
            let drawn = fit.draws.map { self.gains($0, place) }
            return problem.domains.enumerated().map { index, domain in
                let value = gains[index]
                let interval =
                    Quantiles.interval(value, drawn.map { $0[index] })
                    ?? Interval(value: value, low: value, high: value)
                return OptimumReport.Worth(target: fit.target, domain: domain, gain: interval)
            }
        }
    }

    private func gains(_ law: any FittedMixtureLaw, _ place: [Double]) -> [Double] {
        let function = problem.function(of: [(1, law)])
        if let slope = function.gradient(place) {
            let mean = slope.product(place)
            return slope.map { mean - $0 }
        }
        let here = function.value(place)
        let part = 0.02
        return place.indices.map { index in
            var moved = place.map { $0 * (1 - part) }
            moved[index] += part
            return (here - function.value(moved)) / part
        }
    }

    /// Loss along each share from the recommendation, as far as runs have gone and a little more.
    func sensitivity(_ place: [Double]) -> [OptimumReport.Sensitivity] {
        let points = 24
        return problem.domains.enumerated().map { index, domain in
            let seen = runs.map { $0.proportions[index] }.max() ?? 1
            let last = min(1, max(1.25 * seen, 1.25 * place[index], 0.05))
            let shares = (0...points).map { last * Double($0) / Double(points) }
            let losses = shares.map { share in
                let mixture = scaled(place, index, share)
                let value = problem.objective.loss(mixture)
                let spread = 1.645 * deviation(mixture)
                return Interval(value: value, low: value - spread, high: value + spread)
            }
            return OptimumReport.Sensitivity(domain: domain, shares: shares, losses: losses)
        }
    }

    /// One share set, the others scaled to fill up.
    private func scaled(_ place: [Double], _ index: Int, _ share: Double) -> [Double] {
        let rest = 1 - place[index]
        let even = (1 - share) / Double(max(place.count - 1, 1))
        return place.indices.map { other in
            if other == index { return share }
            return rest > 1e-9 ? place[other] * (1 - share) / rest : even
        }
    }

    /// What twice the unique tokens of each capped domain would gain.
    func tokenValues(_ plain: MixtureSearch.Found) -> [OptimumReport.TokenValue] {
        guard let total = request.constraints.targetTokens else { return [] }
        let held = problem.binding(plain, explains: false)
        return problem.set.rows.filter { $0.cause.kind == .epochCap }.compactMap { row in
            let name = row.cause.subject
            guard let index = problem.domains.firstIndex(of: name),
                let tokens = request.constraints.availableTokens[name], tokens > 0
            else { return nil }
            let price = held.first { $0.cause == row.cause }?.pricePerToken ?? 0
            var gain = 0.0
            if price > 0 {
                var richer = request.constraints
                richer.availableTokens[name] = 2 * tokens
                if let set = try? problem.feasibleSet(richer),
                    let found = try? problem.search(problem.objective, [plain.proportions], in: set)
                {
                    gain = max(0, plain.value - found.value)
                }
            }
            return OptimumReport.TokenValue(
                domain: name,
                epochs: plain.proportions[index] * total / tokens,
                pricePerToken: price,
                gainOfDoubling: gain
            )
        }
    }

    /// What other laws of the same runs say.
    func rivalAnswers(
        _ recommended: [Double],
        _ plain: MixtureSearch.Found
    ) -> [OptimumReport.Rival] {
        let best = ranked.first?.proportions
        return fits.flatMap { fit in
            let others = rivals[fit.target] ?? [:]
            return others.keys.sorted().compactMap { name -> OptimumReport.Rival? in
                guard let law = others[name] else { return nil }
                let function = problem.function(of: [(1, law)])
                var objective = function
                objective.pull = problem.pull
                let own = try? problem.search(objective, starts).proportions
                return OptimumReport.Rival(
                    target: fit.target,
                    law: name,
                    atRecommendation: function.value(recommended),
                    atBestObserved: best.map { function.value($0) },
                    optimum: own,
                    distance: own?.distance(to: plain.proportions)
                )
            }
        }
    }

    /// Mixtures that rules without any run would take.
    func naiveMixtures() -> [(title: String, proportions: [Double])] {
        let count = problem.domains.count
        var found = [("Uniform", [Double](repeating: 1 / Double(count), count: count))]
        found.append(("Mean of the runs", meanOfRuns))
        let tokens = request.constraints.availableTokens
        guard tokens.count == count, tokens.values.contains(where: { $0 > 0 }) else { return found }
        func add(_ title: String, _ shares: [String: Double]?) {
            guard let shares,
                let mixture = try? ConstraintReader.mixture(
                    shares,
                    domains: problem.domains,
                    field: "availableTokens"
                )
            else { return }
            found.append((title, mixture))
        }
        for (title, value) in [("By available tokens", 1.0), ("Temperature 2 of them", 2.0)] {
            add(title, try? SizePresets.temperature(tokens: tokens, temperature: value))
        }
        if let total = request.constraints.targetTokens {
            let epochs = request.constraints.maximumEpochs ?? 4
            let shared = try? SizePresets.uniMax(tokens: tokens, budget: total, maxEpochs: epochs)
            add("UniMax, \(epochs.short) epochs", shared?.amounts)
        }
        return found
    }
}
