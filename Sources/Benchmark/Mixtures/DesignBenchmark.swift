import Foundation
import Mixtures
import ScalingLaws

/// Designs and suggestions on RegMix's recorded runs, as if they were trained when chosen.
struct DesignBenchmark {
    let swarms: SwarmTable
    static let target = "pile_cc"

    /// Shares of tokens in the order of RegMix's files (its repository).
    static let prior = [
        0.11329, 0.07961, 0.00391, 0.18538, 0.05108, 0.01596, 0.10175, 0.00371, 0.06653, 0.00175,
        0.02709, 0.23687, 0.01184, 0.00793, 0.00803, 0.03883, 0.04645,
    ]

    /// What RegMix's notebook prints: LightGBM with its stop and its random numbers.
    static let notebook = [
        0.004664, 0.003944, 0, 0.005811, 0.007255, 0.000689, 0.001137, 0.000126, 0.001112, 0.002562,
        0.003724, 0.890969, 0.061383, 0.000345, 0.002491, 0.012304, 0.001482,
    ]

    func run() throws {
        let train = try swarms.regMix("train", target: Self.target)
        let test = try swarms.regMix("test", target: Self.target)
        try designs(train, test)
        try simulation(train)
        try nextRuns(train, test)
    }

    static func law(_ id: String) throws -> any MixtureLaw.Type {
        for law in mixtureLawCatalogue where law.card.id == id { return law }
        throw BenchmarkError.unreadable(path: id, reason: "no such law is in the catalogue")
    }

    private func designs(_ train: MixtureData, _ test: MixtureData) throws {
        say("24 of RegMix's 512 runs, effective-data, Spearman on 256 held runs, 20 seeds")
        let law = try Self.law("effective-data")
        let pool = train.runs.map(\.proportions)
        var table = Table(["choice", "median", "least", "most"])
        for name in ["random", "D-optimal on shares", "D-optimal on roots", "space-filling"] {
            let ranks = try (1...20).map { seed in
                let chosen = Self.choose(name, pool, UInt64(seed))
                let fit = try AnyMixtureLaw.fit(
                    law,
                    train.selecting(chosen),
                    MixtureFitRequest(seed: UInt64(seed))
                )
                let predicted = fit.losses(at: test.runs.map(\.proportions))
                return MixtureScores.spearman(predicted, test.losses) ?? 0
            }
            .sorted()
            table.add([
                name, Self.digits(Quantiles.value(ranks, 0.5)), Self.digits(ranks[0]),
                Self.digits(ranks[19]),
            ])
        }
        table.show()
    }

    private static func choose(_ name: String, _ pool: [[Double]], _ seed: UInt64) -> [Int] {
        var random = SplitMix64(seed: seed)
        switch name {
        case "random": return Array(pool.indices.shuffled(using: &random).prefix(24))
        case "space-filling":
            let first = random.index(below: pool.count)
            let rest = MixtureSelection.spread(pool, count: 23, taken: [pool[first]])
            return [first] + rest
        default:
            let features: OptimalDesign.Features = name.hasSuffix("roots") ? .roots : .shares
            var design = OptimalDesign(pool, features: features)
            design.choose(24, seed: seed, isFirstRandom: true)
            return design.chosen
        }
    }

    private func simulation(_ train: MixtureData) throws {
        say("RegMix's search: 100,000 draws, mean of the best 128, by boosted trees; 5 seeds")
        let fit = try AnyMixtureLaw.fit(try Self.law("boosted-trees"), train, MixtureFitRequest())
        let sum = Self.prior.reduce(0, +)
        let prior = Dictionary(
            uniqueKeysWithValues: zip(train.domains, Self.prior.map { $0 / sum })
        )
        var table = Table(["seed", "pile_cc", "ubuntu_irc", "L1 to the notebook's", "seconds"])
        for seed in 1...5 {
            let (found, seconds) = try ProcessorTime.of {
                try RegMixSimulation(
                    fit,
                    domains: train.domains,
                    prior: prior,
                    seed: UInt64(seed)
                )
            }
            let distance = zip(train.domains, Self.notebook).reduce(0) { sum, pair in
                sum + abs((found.proportions[pair.0] ?? 0) - pair.1)
            }
            table.add([
                "\(seed)", Self.digits(found.proportions["pile_cc"] ?? 0),
                Self.digits(found.proportions["ubuntu_irc"] ?? 0), Self.digits(distance),
                String(format: "%.2f", seconds),
            ])
        }
        table.show()
    }

    /// 12 random runs, then one at a time.
    private func nextRuns(_ train: MixtureData, _ test: MixtureData) throws {
        let pool = train.runs + test.runs
        let best = pool.map(\.loss).min() ?? 0
        let counts = [20, 30, 40, 60]
        say("Next runs: regret in nats, mean of 5 seeds; the best of \(pool.count) is \(best)")
        var table = Table(
            ["method"] + counts.map { "at \($0)" } + ["found by 40", "found by 60"]
        )
        for method in NextMixtureRequest.Method.allCases {
            let traces = try (1...5).map { seed in
                let request = NextMixtureRequest(method: method, seed: UInt64(seed))
                let losses = try Self.search(train.domains, pool, request, to: 60)
                return counts.map { (losses.prefix($0).min() ?? 0) - best }
            }
            let means = counts.indices.map { place in
                String(format: "%.3f", traces.reduce(0) { $0 + $1[place] } / 5)
            }
            let found = [2, 3].map { place in "\(traces.filter { $0[place] <= 0 }.count) of 5" }
            table.add([method.rawValue] + means + found)
        }
        table.show()
    }

    private static func search(
        _ domains: [String],
        _ pool: [MixtureData.Run],
        _ base: NextMixtureRequest,
        to end: Int
    ) throws -> [Double] {
        var random = SplitMix64(seed: base.seed)
        var open = pool
        var data = MixtureData(domains: domains, runs: [])
        for _ in 0..<12 { data.runs.append(open.remove(at: random.index(below: open.count))) }
        var request = base
        while data.runs.count < end {
            request.candidates = open.map {
                Dictionary(uniqueKeysWithValues: zip(domains, $0.proportions))
            }
            guard let next = try NextMixtures(data, request).plan().runs.first else { break }
            let wanted = domains.map { next.proportions[$0] ?? 0 }
            let distances = open.map { $0.proportions.distance(to: wanted) }
            guard let place = distances.indices.min(by: { distances[$0] < distances[$1] }) else {
                break
            }
            data.runs.append(open.remove(at: place))
        }
        return data.losses
    }

    private static func digits(_ value: Double) -> String { String(format: "%.4f", value) }
}
