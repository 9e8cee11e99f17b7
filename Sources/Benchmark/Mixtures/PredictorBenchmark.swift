import Foundation
import Mixtures
import ScalingLaws

/// Laws of mixtures on the public swarms, beside LightGBM with RegMix's settings.
struct PredictorBenchmark {
    let swarms: SwarmTable
    /// A Python that has what `scripts/reference/requirements.txt` lists; nil leaves LightGBM out.
    let python: String?

    func run() async throws {
        let regressor = try await LightGBMReference.run(python, folder: swarms.folder)
        try regMix(regressor)
        try speed(regressor)
        try fewRuns()
        try dclm()
    }

    private struct Contestant {
        var name: String
        var seconds: Double
        /// Per target, then per held run.
        var predictions: [[Double]]
    }

    private func regMix(_ regressor: LightGBMReference?) throws {
        let targets = SwarmTable.regMixTargets
        let train = try targets.map { try swarms.regMix("train", target: $0) }
        let test = try targets.map { try swarms.regMix("test", target: $0) }
        var contestants: [Contestant] = []
        for law in mixtureLawCatalogue where !law.needsScale && !law.needsParts {
            var seconds = 0.0
            var predictions: [[Double]] = []
            for (own, held) in zip(train, test) {
                let (fit, time) = try ProcessorTime.of {
                    try AnyMixtureLaw.fit(law, own, MixtureFitRequest())
                }
                seconds += time / Double(targets.count)
                predictions.append(fit.losses(at: held.runs.map(\.proportions)))
            }
            let id = law.card.id
            contestants.append(Contestant(name: id, seconds: seconds, predictions: predictions))
        }
        if let regressor { contestants += try Self.entries(regressor, targets) }
        let truth = test.map(\.losses)
        say("RegMix, 512 runs of 1M parameters, Spearman on the 256 held runs")
        var table = Table(["law", "Pile-CC", "mean of 13", "seconds of a fit"])
        for entry in contestants {
            let ranks = Self.ranks(entry, truth, nil)
            table.add([
                entry.name, Self.digits(ranks[8]), Self.digits(ranks.mean),
                String(format: "%.3f", entry.seconds),
            ])
        }
        table.show()
        bootstrap(contestants, truth)
    }

    private static func entries(
        _ regressor: LightGBMReference,
        _ targets: [String]
    ) throws -> [Contestant] {
        let kinds = [
            (
                "stopped on the held runs, as the notebook", regressor.stopped,
                regressor.stoppedFitSeconds
            ),
            ("1000 trees", regressor.full, regressor.fullFitSeconds),
        ]
        return kinds.map { name, found, seconds in
            Contestant(
                name: "LightGBM \(regressor.version), \(name)",
                seconds: seconds,
                predictions: targets.map { found[$0] ?? [] }
            )
        }
    }

    private static func ranks(
        _ entry: Contestant,
        _ truth: [[Double]],
        _ rows: [Int]?
    ) -> [Double] {
        zip(entry.predictions, truth).map { predicted, losses in
            guard let rows else { return MixtureScores.spearman(predicted, losses) ?? 0 }
            return MixtureScores.spearman(
                rows.map { predicted[$0] },
                rows.map { losses[$0] }
            ) ?? 0
        }
    }

    /// Stack and effective data against LightGBM on the same resampled runs.
    private func bootstrap(_ contestants: [Contestant], _ truth: [[Double]]) {
        guard let peer = contestants.first(where: { $0.name.contains("notebook") }) else { return }
        say("Difference of Spearman to LightGBM as the notebook, 2000 paired resamples")
        var table = Table(["law", "Pile-CC [95 %]", "mean of 13 [95 %]"])
        for id in ["mixture-stack", "effective-data", "gaussian-process", "reciprocal-power"] {
            guard let own = contestants.first(where: { $0.name == id }) else { continue }
            var random = SplitMix64(seed: 1)
            var (single, mean): ([Double], [Double]) = ([], [])
            for _ in 0..<2_000 {
                let rows = (0..<256).map { _ in random.index(below: 256) }
                let mine = Self.ranks(own, truth, rows)
                let other = Self.ranks(peer, truth, rows)
                single.append(mine[8] - other[8])
                mean.append(mine.mean - other.mean)
            }
            table.add([id, Self.interval(single), Self.interval(mean)])
        }
        table.show()
    }

    private static func interval(_ sample: [Double]) -> String {
        let sorted = sample.sorted()
        return String(
            format: "%+.4f [%+.4f, %+.4f]",
            Quantiles.value(sorted, 0.5),
            Quantiles.value(sorted, 0.025),
            Quantiles.value(sorted, 0.975)
        )
    }

    private func speed(_ regressor: LightGBMReference?) throws {
        let data = try swarms.regMix("train", target: "pile_cc")
        let fit = try BoostedTrees.fit(data, MixtureFitRequest(), startingFrom: nil)
        let mixtures = Self.dirichlet(data, count: 100_000)
        let times = (0..<5).map { _ in ProcessorTime.of { fit.losses(at: mixtures) }.1 }
        say("Predictions of 100,000 mixtures by trees, one thread, best of several")
        var table = Table(["what", "seconds", "trees"])
        table.add(["boosted-trees", String(format: "%.3f", times.min() ?? 0), "1000"])
        if let regressor {
            table.add([
                "LightGBM as the notebook",
                String(format: "%.3f", regressor.stoppedSimulationSeconds),
                "\(regressor.stoppedTrees)",
            ])
            table.add([
                "LightGBM", String(format: "%.3f", regressor.fullSimulationSeconds),
                "\(regressor.fullTrees)",
            ])
        }
        table.show()
    }

    /// Mixtures about the mean of the runs, by exponential draws.
    private static func dirichlet(_ data: MixtureData, count: Int) -> [[Double]] {
        var random = SplitMix64(seed: 42)
        let means = data.domains.indices.map { domain in
            data.runs.map { $0.proportions[domain] }.mean
        }
        return (0..<count).map { _ in
            let draw = means.map { -log(random.uniform()) * $0 }
            let sum = draw.reduce(0, +)
            return draw.map { $0 / sum }
        }
    }

    private func fewRuns() throws {
        let train = try swarms.regMix("train", target: "pile_cc")
        let test = try swarms.regMix("test", target: "pile_cc")
        say("Few random runs of RegMix, Spearman on Pile-CC, median of 20 seeds [least, most]")
        var table = Table(["law", "24 runs", "48 runs", "96 runs"])
        for law: any MixtureLaw.Type in [
            EffectiveData.self, ReciprocalPower.self, ExponentialMixture.self,
            GaussianProcessMixture.self, BoostedTrees.self, StackMixture.self,
        ] {
            var cells = [law.card.id]
            for count in [24, 48, 96] {
                let ranks = (0..<20).compactMap { seed -> Double? in
                    var random = SplitMix64(seed: UInt64(1_000 + seed))
                    let chosen = train.runs.indices.shuffled(using: &random).prefix(count)
                    let data = train.selecting(Array(chosen))
                    let fit = try? AnyMixtureLaw.fit(law, data, MixtureFitRequest())
                    let found = fit?.losses(at: test.runs.map(\.proportions))
                    return found.flatMap { MixtureScores.spearman($0, test.losses) }
                }.sorted()
                cells.append(
                    ranks.isEmpty
                        ? "–"
                        : String(
                            format: "%.3f [%.3f, %.3f]",
                            Quantiles.value(ranks, 0.5),
                            Quantiles.value(ranks, 0),
                            Quantiles.value(ranks, 1)
                        )
                )
            }
            table.add(cells)
        }
        table.show()
    }

    private func dclm() throws {
        let data = try swarms.olmix()
        say("Olmix DCLM, 127 runs of 24 domains, 5 folds, mean of 5 fold seeds")
        var table = Table(["law", "Spearman", "R²", "mean error, BPB"])
        for law in mixtureLawCatalogue where !law.needsScale && !law.needsParts {
            let scores = (0..<5).compactMap { seed in
                Self.leftOut(law, data, Folds(count: 127, parts: 5, seed: UInt64(seed)))
            }
            table.add([
                law.card.id, Self.digits(scores.map { $0.spearman ?? 0 }.mean),
                Self.digits(scores.map { $0.r2 ?? 0 }.mean),
                Self.digits(scores.map { $0.meanAbsoluteError ?? 0 }.mean),
            ])
        }
        table.show()
    }

    /// Every fold by a fit that has seen none of it, stack weights included.
    private static func leftOut(
        _ law: any MixtureLaw.Type,
        _ data: MixtureData,
        _ folds: Folds
    ) -> MixtureFit.Score? {
        var predicted = data.losses
        for part in 0..<folds.parts {
            let (inside, outside) = folds.split(part)
            let training = data.selecting(inside)
            guard let fit = try? AnyMixtureLaw.fit(law, training, MixtureFitRequest()) else {
                return nil
            }
            for run in outside { predicted[run] = fit.loss(at: data.runs[run].proportions) }
        }
        return MixtureScores.score(law.card.id, predicted, data.losses)
    }

    private static func digits(_ value: Double) -> String { String(format: "%.4f", value) }
}

extension [Double] {
    fileprivate var mean: Double { reduce(0, +) / Double(Swift.max(count, 1)) }
}
