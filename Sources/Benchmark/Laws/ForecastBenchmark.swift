import Compression
import Foundation
import Importers
import Runs
import ScalingLaws

/// Forecasts, stop advice and their naive rivals on recorded runs whose end is known.
struct ForecastBenchmark {
    let path: String

    private static let shares = [0.26, 0.5, 0.51, 0.76]

    /// What is measured; all of it by default.
    let part: Part?

    enum Part: String, CaseIterable {
        case forecasts, fewPeers = "few-peers", stops, annealing
    }

    func run() throws {
        let runs = try RecordedSweep.read(path)
        print("\(runs.count) runs with a finite final loss; errors are |ln (said / seen)| in %")
        print(
            "left out, share, runs, coverage of 90 %, half width, error, bias; naive: last value,"
        )
        print("last three points, peers' median ratio")
        if part == nil || part == .forecasts { forecasts(runs) }
        if part == nil || part == .fewPeers { fewPeers(runs) }
        if part == nil || part == .stops { stops(runs) }
        if part == nil || part == .annealing { try AnnealingBenchmark(runs: runs).run() }
    }

    private func forecasts(_ runs: [ForecastRequest.Peer]) {
        for (name, group) in Self.groups {
            for share in Self.shares {
                row(name, ForecastScorer(runs: runs, group: group).score(at: share))
            }
        }
    }

    private func fewPeers(_ runs: [ForecastRequest.Peer]) {
        for limit in [16, 8, 4, 0] {
            for share in Self.shares {
                let scorer = ForecastScorer(runs: runs)
                row("run, \(limit) peers", scorer.score(at: share, peerLimit: limit))
            }
        }
    }

    /// Sweeps of one size, token count and batch over rates, and whole cells over rate and batch.
    private func stops(_ runs: [ForecastRequest.Peer]) {
        print("stop advice: sweep, share, rule, sweeps, jobs, stopped, best run stopped, steps")
        print("saved of all, regret in % of the loss")
        let rates = [0.01, 0.05, 0.2]
        let sweeps: [(String, @Sendable (ForecastRequest.Peer) -> String)] = [
            ("rates", { Self.key($0, [.parameterCount, .tokenCount, .batchTokens]) }),
            ("rates, batches", { Self.key($0, [.parameterCount, .tokenCount]) }),
        ]
        for (name, sweep) in sweeps {
            for share in Self.shares {
                let scorer = StopScorer(runs: runs, sweep: sweep)
                let (advice, halving) = scorer.scores(at: share, errorRates: rates)
                for (rate, score) in zip(rates, advice) {
                    row("\(name), \(share), error rate \(rate)", score)
                }
                row("\(name), \(share), halving", halving)
            }
        }
        for share in Self.shares {
            let scorer = StopScorer(runs: runs) { Self.key($0, [.parameterCount, .tokenCount]) }
            let (advice, halving) = scorer.partScores(
                at: share,
                errorRates: rates,
                over: [.peakLearningRate, .batchTokens],
                partsPerSweep: 100,
                seed: 1
            )
            for (rate, score) in zip(rates, advice) {
                row("parts of cells, \(share), error rate \(rate)", score)
            }
            row("parts of cells, \(share), halving", halving)
        }
    }

    private func row(_ name: String, _ score: StopScorer.Score) {
        print(
            name.padding(toLength: 38, withPad: " ", startingAt: 0),
            String(
                format: "%3d %4d %4d  %2d (%.3f)  %.3f  %.3f",
                score.sweeps,
                score.jobs,
                score.stopped,
                score.bestStopped,
                score.bestStoppedShare,
                score.savedShare,
                score.regretPercent
            )
        )
    }

    private static let groups: [(String, @Sendable (ForecastRequest.Peer) -> String)] = [
        ("run", { $0.runName }),
        ("size and tokens", { key($0, [.parameterCount, .tokenCount]) }),
        ("rate", { key($0, [.peakLearningRate]) }),
        ("batch", { key($0, [.batchTokens]) }),
        ("size", { key($0, [.parameterCount]) }),
        ("tokens", { key($0, [.tokenCount]) }),
    ]

    private static func key(_ run: ForecastRequest.Peer, _ roles: [Role]) -> String {
        roles.map { "\(run.settings[$0] ?? 0)" }.joined(separator: " ")
    }

    private func row(_ name: String, _ score: ForecastScorer.Score) {
        let naive = ["last-value", "last-three-points", "peers-median-ratio"].map { id in
            score.baselinePercent[id].map { String(format: "%6.2f", $0) } ?? "     –"
        }
        print(
            name.padding(toLength: 16, withPad: " ", startingAt: 0),
            String(
                format: "%.2f %4d  %.3f  %5.2f  %5.2f  %+5.2f  ",
                score.share,
                score.runs,
                score.coverage,
                score.halfWidthPercent,
                score.meanAbsolutePercent,
                score.biasPercent
            ),
            naive.joined(separator: " ")
        )
    }
}

/// The recorded example as curves with their settings.
enum RecordedSweep {
    static func read(_ path: String) throws -> [ForecastRequest.Peer] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BenchmarkError.unreadable(path: path, reason: "no such file")
        }
        let bytes = try Gzip.decompress([UInt8](data), limit: 1 << 28)
        let outcome = try JSONLinesImporter.read(bytes, options: ImportOptions()) { _ in }
        let settings: [Role: Runs.Expression] = [
            .parameterCount: try Runs.Expression(parsing: "nonEmbeddingParameterCount"),
            .tokenCount: try Runs.Expression(parsing: "train_tokens"),
            .peakLearningRate: try Runs.Expression(parsing: "learning_rate"),
            .batchTokens: try Runs.Expression(parsing: "global_batch_size * seq_length"),
        ]
        return outcome.runs.compactMap { ForecastRequest.Peer($0, settings: settings) }
            .filter { $0.finalLossNats.isFinite }
    }
}
