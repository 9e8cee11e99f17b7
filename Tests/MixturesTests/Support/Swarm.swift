import Foundation
import Mixtures
import TestSupport
import Testing

/// The public swarms as tests read them: mixtures and losses joined by the key of a run,
/// proportions scaled to sum to 1 (RegMix rounds them to three decimals).
enum Swarm {
    /// Traits ask for these files: `.needsPublicData(Swarm.regMixFile)`.
    static let regMixFile = "regmix/train_mixture_1m.csv"
    static let olmixFile = "olmix_dclm/dclm_ratios.csv"

    enum Split: String { case train, test }

    /// The 13 targets of RegMix, in the order of its files.
    static let regMixTargets = [
        "arxiv", "freelaw", "pubmed_central", "wikipedia_en", "dm_mathematics", "github",
        "stackexchange", "gutenberg_pg_19", "pile_cc", "ubuntu_irc", "hackernews",
        "pubmed_abstracts", "uspto_backgrounds",
    ]

    /// 512 training or 256 test runs of 17 domains; domains are named without their prefix.
    static func regMix(_ split: Split, target: String = "pile_cc") throws -> MixtureData {
        let mixtures = try PlainTable("regmix/\(split.rawValue)_mixture_1m.csv")
        let losses = try PlainTable("regmix/\(split.rawValue)_pile_loss_1m.csv")
        let column = try losses.column("metric/the_pile_\(target)_val_loss")
        let values = try losses.numbers(column, keyedBy: losses.column("index"))
        let key = try mixtures.column("index")
        return try data(mixtures, domains: 1..<mixtures.header.count, key: key, losses: values) {
            $0.replacing("train_the_pile_", with: "")
        }
    }

    /// What to read of Olmix's 110 metrics: a family's mean, or the project's mean of the families
    /// weighted 7, 19 and 26 in 52.
    enum OlmixTarget: String, CaseIterable { case avg52, math, code, qa }

    /// 127 runs of 24 domains, bits per byte.
    static func olmix(_ target: OlmixTarget = .avg52) throws -> MixtureData {
        let mixtures = try PlainTable(olmixFile)
        let metrics = try PlainTable("olmix_dclm/dclm_metrics.csv")
        let families = try PlainTable("olmix_dclm/dclm_metric_families.csv")
        var sums: [String: Double] = [:]
        for (family, weight) in weights(of: target) {
            let names = families.rows.filter { $0[1] == family && $0[2] == "false" }.map { $0[0] }
            for name in names {
                let values = try metrics.numbers(metrics.column(name), keyedBy: 1)
                for (run, value) in values {
                    sums[run, default: 0] += weight * value / Double(names.count)
                }
            }
        }
        return try data(mixtures, domains: 4..<mixtures.header.count, key: 1, losses: sums) { $0 }
    }

    private static func weights(of target: OlmixTarget) -> [(String, Double)] {
        target == .avg52
            ? [("math", 7.0 / 52), ("code", 19.0 / 52), ("qa", 26.0 / 52)]
            : [(target.rawValue, 1)]
    }

    private static func data(
        _ table: PlainTable,
        domains: Range<Int>,
        key: Int,
        losses: [String: Double],
        name: (String) -> String
    ) throws -> MixtureData {
        let runs = try table.rows.map { row in
            let shares = try row[domains].map { try #require(Double($0)) }
            let sum = shares.reduce(0, +)
            return MixtureData.Run(
                id: UUID(),
                name: row[key],
                proportions: shares.map { $0 / sum },
                loss: try #require(losses[row[key]])
            )
        }
        return MixtureData(domains: domains.map { name(table.header[$0]) }, runs: runs)
    }
}

/// A public CSV file without quoted fields.
private struct PlainTable {
    var header: [String]
    var rows: [[String]]

    init(_ name: String) throws {
        let path = try #require(PublicData.path(name))
        let lines = try String(contentsOfFile: path, encoding: .utf8)
            .split(whereSeparator: \.isNewline)
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        header = try #require(lines.first)
        rows = Array(lines.dropFirst())
    }

    func column(_ name: String) throws -> Int { try #require(header.firstIndex(of: name)) }

    func numbers(_ column: Int, keyedBy key: Int) throws -> [String: Double] {
        var values: [String: Double] = [:]
        for row in rows {
            let number: Double = try #require(Double(row[column]))
            values[row[key]] = number
        }
        return values
    }
}
