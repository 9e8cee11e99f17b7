import Foundation
import ScalingLaws

/// Suggestions where all runs have one size: one after the other, each as if the earlier ones of
/// the batch had come out as predicted ("believing the mean", Ginsbourger et al., 2010).
struct SingleSizeSuggestion {
    private let next: NextMixtures
    private let isCancelled: (@Sendable () -> Bool)?
    private var request: NextMixtureRequest { next.request }

    init(_ next: NextMixtures, _ isCancelled: (@Sendable () -> Bool)?) {
        self.next = next
        self.isCancelled = isCancelled
    }

    func fill(_ plan: inout MixturePlan) throws(MixtureError) {
        var data = next.data
        var batch: [[Double]] = []
        var law: AnyMixtureLaw?
        // Asked again after more runs, exploration is to go elsewhere.
        var random = SplitMix64(seed: request.seed &+ UInt64(next.data.runs.count))
        for _ in 0..<request.count {
            let open = next.pool.filter { next.isApart($0, batch) }
            guard !open.isEmpty else { break }
            let isEarly = next.data.runs.count < request.startCount
            let number = next.data.runs.count + batch.count
            let every = request.explorationEvery
            let explores =
                request.method == .effectiveData && every > 1 && number % every == every - 1
            let mixture: [Double]
            if request.method == .random || explores {
                mixture = open[random.index(below: open.count)]
                plan.add(.exploration, mixture)
            } else if isEarly {
                let taken = data.runs.map(\.proportions)
                let found = MixtureSelection.spread(open, count: 1, taken: taken)
                mixture = open[found.first ?? 0]
                plan.add(.spread, mixture)
            } else {
                let fitted = try fit(data, law)
                law = fitted
                let choice = choose(open, fitted, data)
                mixture = choice.mixture
                plan.add(.suggestion, mixture)
                let place = plan.runs.count - 1
                plan.runs[place].prediction = choice.prediction
                plan.runs[place].deviation = choice.deviation
                plan.runs[place].reason = choice.reason
            }
            batch.append(mixture)
            // What no law has seen teaches the next choice of the batch nothing.
            guard let fitted = law else { continue }
            data.runs.append(
                .init(
                    id: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                    name: "believed",
                    proportions: mixture,
                    loss: fitted.loss(at: mixture)
                )
            )
        }
    }

    private func fit(
        _ data: MixtureData,
        _ previous: AnyMixtureLaw?
    ) throws(MixtureError) -> AnyMixtureLaw {
        let id = request.method == .effectiveData ? "effective-data" : "gaussian-process"
        guard let law = mixtureLawCatalogue.first(where: { $0.card.id == id }) else {
            throw .invalid(field: "method", reason: "The law \(id) is not in the catalogue.")
        }
        let fitRequest = MixtureFitRequest(seed: request.seed, isCancelled: isCancelled)
        return try AnyMixtureLaw.fit(law, data, fitRequest, startingFrom: previous)
    }

    private struct Choice {
        var mixture: [Double]
        var prediction: Double
        var deviation: Double?
        var reason: String
    }

    private func choose(_ open: [[Double]], _ law: AnyMixtureLaw, _ data: MixtureData) -> Choice {
        // The law's own values at the runs: single lucky losses are no level to beat.
        let best = law.losses(at: data.runs.map(\.proportions)).min() ?? 0
        let losses = law.losses(at: open)
        var choice: (index: Int, score: Double)?
        for (index, loss) in losses.enumerated() where loss.isFinite {
            let score: Double
            switch request.method {
            case .expectedImprovement:
                let deviation = law.deviation(at: open[index]) ?? 0
                score = Acquisition.expectedImprovement(
                    mean: loss,
                    deviation: deviation,
                    best: best
                )
            case .lowerBound:
                score = request.kappa * (law.deviation(at: open[index]) ?? 0) - loss
            case .effectiveData, .random: score = -loss
            }
            if score > choice?.score ?? -.infinity { choice = (index, score) }
        }
        let index = choice?.index ?? 0
        let score = choice?.score ?? 0
        let reason =
            switch request.method {
            case .expectedImprovement: "expected improvement \(PlanExport.short(score))"
            case .lowerBound: "lower bound \(PlanExport.short(-score))"
            case .effectiveData, .random: "lowest predicted loss"
            }
        return Choice(
            mixture: open[index],
            prediction: losses[index],
            deviation: law.deviation(at: open[index]),
            reason: reason
        )
    }
}
