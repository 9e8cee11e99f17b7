import API
import Foundation
import Storage

/// What changed from one fit of a law to another, from their stored bodies. Pure.
struct FitComparison {
    /// What most laws' bodies have: the runs used, with what the law predicts of each.
    private struct Body: Decodable {
        var residuals: [Residual]?

        struct Residual: Decodable {
            var runID: String
            var runName: String
            var predicted: Double?
        }

        private enum CodingKeys: String, CodingKey { case residuals }

        /// Residuals of another shape count as absent.
        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            do {
                residuals = try members.decodeIfPresent([Residual].self, forKey: .residuals)
            } catch is DecodingError {
                residuals = nil
            }
        }
    }

    /// - Parameters:
    ///   - before: the earlier fit, as it is shown and as its body is stored.
    ///   - after: the later one.
    static func diff(
        before: (message: FitMessage, body: Data?),
        after: (message: FitMessage, body: Data?)
    ) throws -> FitDiff {
        var diff = FitDiff(before: before.message, after: after.message)
        guard let earlier = try residuals(before.body), let later = try residuals(after.body) else {
            return diff
        }
        let known = Dictionary(earlier.map { ($0.runID, $0) }, uniquingKeysWith: { $1 })
        let found = Dictionary(later.map { ($0.runID, $0) }, uniquingKeysWith: { $1 })
        diff.runs = FitDiff.Runs(
            added: later.filter { known[$0.runID] == nil }.map(run),
            removed: earlier.filter { found[$0.runID] == nil }.map(run),
            common: known.keys.count { found[$0] != nil }
        )
        diff.predictions = changes(later, known)
        return diff
    }

    private static func residuals(_ body: Data?) throws -> [Body.Residual]? {
        try body.flatMap { try WireJSON.decoder().decode(Body.self, from: $0).residuals }
    }

    private static func run(_ residual: Body.Residual) -> FitDiff.Run {
        FitDiff.Run(id: residual.runID, name: residual.runName)
    }

    private static func changes(
        _ later: [Body.Residual],
        _ known: [String: Body.Residual]
    ) -> FitDiff.Predictions? {
        let changes = later.compactMap { residual -> (run: FitDiff.Run, percent: Double)? in
            guard let before = known[residual.runID]?.predicted, let after = residual.predicted
            else { return nil }
            let percent = 100 * (after / before - 1)
            return percent.isFinite ? (run(residual), percent) : nil
        }
        guard let most = changes.max(by: { abs($0.percent) < abs($1.percent) }) else { return nil }
        let sum = changes.reduce(0) { $0 + abs($1.percent) }
        return FitDiff.Predictions(
            runs: changes.count,
            meanAbsolutePercent: sum / Double(changes.count),
            maximumPercent: abs(most.percent),
            mostChanged: most.run
        )
    }
}
