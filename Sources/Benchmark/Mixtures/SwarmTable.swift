import Foundation
import Mixtures

/// The public swarms: mixtures and losses joined by the key of a run, proportions scaled to sum 1.
struct SwarmTable {
    /// The folder that holds `regmix` and `olmix_dclm`.
    let folder: String

    static let regMixTargets = [
        "arxiv", "freelaw", "pubmed_central", "wikipedia_en", "dm_mathematics", "github",
        "stackexchange", "gutenberg_pg_19", "pile_cc", "ubuntu_irc", "hackernews",
        "pubmed_abstracts", "uspto_backgrounds",
    ]

    /// - Parameter split: "train", 512 runs, or "test", 256.
    func regMix(_ split: String, target: String) throws -> MixtureData {
        let mixtures = try read("regmix/\(split)_mixture_1m.csv")
        let losses = try read("regmix/\(split)_pile_loss_1m.csv")
        let column = "metric/the_pile_\(target)_val_loss"
        return try join(mixtures, try losses.values(column, key: 0), key: 0, firstDomain: 1) {
            $0.replacing("train_the_pile_", with: "")
        }
    }

    /// The mean of Olmix's families, weighted 7, 19 and 26 in 52, in bits per byte.
    func olmix() throws -> MixtureData {
        let metrics = try read("olmix_dclm/dclm_metrics.csv")
        let families = try read("olmix_dclm/dclm_metric_families.csv")
        var sums: [String: Double] = [:]
        for (family, weight) in [("math", 7.0 / 52), ("code", 19.0 / 52), ("qa", 26.0 / 52)] {
            let names = families.rows.filter { $0[1] == family && $0[2] == "false" }.map { $0[0] }
            for name in names {
                for (run, value) in try metrics.values(name, key: 1) {
                    sums[run, default: 0] += weight * value / Double(names.count)
                }
            }
        }
        let mixtures = try read("olmix_dclm/dclm_ratios.csv")
        return try join(mixtures, sums, key: 1, firstDomain: 4) { $0 }
    }

    private func join(
        _ table: PlainTable,
        _ losses: [String: Double],
        key: Int,
        firstDomain: Int,
        name: (String) -> String
    ) throws -> MixtureData {
        let runs = try table.rows.map { row in
            let shares = row[firstDomain...].compactMap { Double($0) }
            let sum = shares.reduce(0, +)
            guard shares.count == table.header.count - firstDomain, sum > 0,
                let loss = losses[row[key]]
            else { throw BenchmarkError.unreadable(path: table.path, reason: "run \(row[key])") }
            return MixtureData.Run(
                id: UUID(),
                name: row[key],
                proportions: shares.map { $0 / sum },
                loss: loss
            )
        }
        return MixtureData(domains: table.header[firstDomain...].map(name), runs: runs)
    }

    private func read(_ name: String) throws -> PlainTable {
        try PlainTable(path: folder + "/" + name)
    }
}

/// A CSV file without quoted fields.
private struct PlainTable {
    let path: String
    let header: [String]
    let rows: [[String]]

    init(path: String) throws {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BenchmarkError.unreadable(path: path, reason: "no such file")
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        guard let first = lines.first, lines.allSatisfy({ $0.count == first.count }) else {
            throw BenchmarkError.unreadable(path: path, reason: "lines of different lengths")
        }
        header = first
        rows = Array(lines.dropFirst())
    }

    func values(_ column: String, key: Int) throws -> [String: Double] {
        guard let place = header.firstIndex(of: column) else {
            throw BenchmarkError.unreadable(path: path, reason: "no column \(column)")
        }
        var values: [String: Double] = [:]
        for row in rows {
            guard let value = Double(row[place]) else {
                throw BenchmarkError.unreadable(path: path, reason: "\(row[place]) is no number")
            }
            values[row[key]] = value
        }
        return values
    }
}
