import Foundation
import Runs

/// Laws of loss over size and tokens on the same runs, judged by the largest scales, which none of
/// them saw, and never by rows left out at random, which lie between rows that were seen.
package struct LawComparison: Sendable, Hashable, Codable {
    /// In rising order of error on the largest scales; refused laws last.
    package var entries: [Entry]
    /// Naive rules on the same runs.
    package var baselines: [NonlinearFit.NamedScore]
    /// Runs of this compute and more were left out, 6·N·D.
    package var heldOutFromFLOPs: Double
    package var heldOutRuns: Int
    /// The weighted mean of laws, its weights learnt on smaller scales; nil when none could be.
    package var stackScore: NonlinearFit.Score?
    /// The law of least error, "stack" when the weighted mean beats every law.
    package var chosen: String

    package struct Entry: Sendable, Hashable, Codable {
        package var law: String
        package var title: String
        package var parameterCount: Int
        /// On the largest scales.
        package var heldOut: NonlinearFit.Score?
        /// On the scales next above those fitted, one score per cut, smallest first.
        package var smallerScales: [NonlinearFit.Score]
        /// Share in the weighted mean that the final answer uses.
        package var weight: Double
        package var refused: String?
    }

    /// The laws compared; those of one form differ in what they minimise.
    static let laws: [any AllocatingLaw.Type] = [
        Chinchilla.self, ChinchillaTied.self, ChinchillaVPNLS.self, MiniCPM.self, Kaplan.self,
        OverTraining.self, Farseer.self,
    ]

    /// One of each form: `over-training` is `chinchilla-tied` in other letters, and
    /// `chinchilla-vpnls` and `minicpm` are `chinchilla` by least squares.
    static let stackable: Set<String> = ["chinchilla", "chinchilla-tied", "kaplan", "farseer"]
}

/// Makes a comparison.
struct LawComparer {
    private let request: FitRequest
    private let runs: [Observation]
    /// Places in `runs` at which the asked runs begin, in rising order.
    private let cuts: [Int]

    init(_ request: FitRequest) throws(FitError) {
        self.request = request
        let data = NonlinearData<Chinchilla>(request.observations)
        try data.check()
        runs = data.observations
        cuts = Self.cuts(runs)
        guard !cuts.isEmpty else {
            throw .fewValues(input: "training compute", needed: 4, found: 1)
        }
    }

    /// Cuts between groups of compute at half, seven tenths and 0.85 of the groups, and before the
    /// largest groups that hold three runs and a thirtieth of all.
    private static func cuts(_ runs: [Observation]) -> [Int] {
        let groups = runs.map { Chinchilla.group($0) }
        let edges = runs.indices.dropFirst().filter { groups[$0] != groups[$0 - 1] }
        let wanted = max(3, runs.count / 30)
        guard let last = edges.last(where: { runs.count - $0 >= wanted }) else { return [] }
        let shares = [0.5, 0.7, 0.85].compactMap { share -> Int? in
            let place = Int((Double(edges.count) * share).rounded())
            return edges.indices.contains(place) ? edges[place] : nil
        }
        return Set(shares.filter { $0 < last } + [last]).sorted()
    }

    func compare() throws(FitError) -> LawComparison {
        var predictions: [String: [[Double]]] = [:]
        var entries: [LawComparison.Entry] = []
        for law in LawComparison.laws {
            try request.checkCancelled()
            let type = law
            let (entry, found) = entry(type)
            if let found { predictions[entry.law] = found }
            entries.append(entry)
        }
        entries.sort { Self.error($0) < Self.error($1) }
        guard let best = entries.first, best.heldOut != nil else {
            throw .didNotConverge(starts: entries.count)
        }
        let members = predictions.filter { LawComparison.stackable.contains($0.key) }
        let stack = stackScore(members)
        let isStack = (stack?.meanAbsolutePercent ?? .infinity) < Self.error(best)
        let weights = isStack ? self.weights(members, cuts.indices.map { $0 }) : [best.law: 1]
        for place in entries.indices {
            entries[place].weight = weights[entries[place].law] ?? 0
        }
        return LawComparison(
            entries: entries,
            baselines: baselines(),
            heldOutFromFLOPs: Chinchilla.scale(runs[cuts[cuts.count - 1]]),
            heldOutRuns: runs.count - cuts[cuts.count - 1],
            stackScore: stack,
            chosen: isStack ? Stack.card.id : best.law
        )
    }

    private static func error(_ entry: LawComparison.Entry) -> Double {
        entry.heldOut?.meanAbsolutePercent ?? .infinity
    }

    private func entry<L: AllocatingLaw>(
        _ law: L.Type
    ) -> (LawComparison.Entry, [[Double]]?) {
        var entry = LawComparison.Entry(
            law: law.card.id,
            title: law.card.title,
            parameterCount: law.card.parameters.count,
            smallerScales: [],
            weight: 0
        )
        do throws(FitError) {
            let found = try cuts.map { cut throws(FitError) in try predict(law, below: cut) }
            let scores = zip(cuts, found).map { cut, values in score(values, from: cut) }
            entry.heldOut = scores.last ?? nil
            entry.smallerScales = scores.dropLast().compactMap(\.self)
            return (entry, found)
        } catch {
            entry.refused = error.message
            return (entry, nil)
        }
    }

    /// ln of the loss of all runs from the cut on, by the law fitted below it.
    private func predict<L: AllocatingLaw>(
        _ law: L.Type,
        below cut: Int
    ) throws(FitError) -> [Double] {
        var part = request
        part.observations = Array(runs[..<cut])
        let (_, solution) = try NonlinearFitter<L>(part).solve()
        let theta = Coordinates<L.Coordinate>(solution.theta)
        var gradient = Coordinates<L.Coordinate>()
        return runs[cut...].map { run in
            law.input(run).map { law.logPrediction($0, theta, &gradient) } ?? .nan
        }
    }

    private func score(_ predicted: [Double], from cut: Int) -> NonlinearFit.Score? {
        var tally = ErrorTally()
        for (value, run) in zip(predicted, runs[cut...]) {
            tally.add(predicted: value, observed: log(run.lossNats))
        }
        return tally.score
    }

    private func baselines() -> [NonlinearFit.NamedScore] {
        let cut = cuts[cuts.count - 1]
        let rules = NaiveRules(known: NonlinearData<Chinchilla>(Array(runs[..<cut])))
        var tallies = NaiveRules<Chinchilla>.rules.map { _ in ErrorTally() }
        for run in runs[cut...] {
            for (place, answer) in rules.predictions(run).enumerated() {
                if let answer { tallies[place].add(predicted: answer, observed: log(run.lossNats)) }
            }
        }
        return zip(NaiveRules<Chinchilla>.rules, tallies).map { rule, tally in
            .init(id: rule.id, title: rule.title, score: tally.score)
        }
    }

    /// The mean with weights of all smaller cuts, on the largest scales.
    private func stackScore(_ members: [String: [[Double]]]) -> NonlinearFit.Score? {
        let earlier = Array(cuts.indices.dropLast())
        guard members.count > 1, !earlier.isEmpty else { return nil }
        let weights = weights(members, earlier)
        let last = cuts.count - 1
        let mean = (0..<(runs.count - cuts[last])).map { run in
            log(weights.reduce(0) { $0 + $1.value * exp(members[$1.key]?[last][run] ?? .nan) })
        }
        return score(mean, from: cuts[last])
    }

    /// Weights, none negative and of sum 1, with least squared relative error on the runs next
    /// above each cut.
    private func weights(_ members: [String: [[Double]]], _ places: [Int]) -> [String: Double] {
        let ids = members.keys.sorted()
        var rows: [[Double]] = []
        for place in places {
            let next = place + 1 < cuts.count ? cuts[place + 1] : runs.count
            for run in 0..<(next - cuts[place]) {
                let observed = runs[cuts[place] + run].lossNats
                let row = ids.map { exp(members[$0]?[place][run] ?? .nan) / observed - 1 }
                if row.allSatisfy(\.isFinite) { rows.append(row) }
            }
        }
        let found = SimplexLeastSquares.weights(
            errors: ids.indices.map { member in rows.map { $0[member] } }
        )
        return Dictionary(zip(ids, found), uniquingKeysWith: { first, _ in first })
    }
}
