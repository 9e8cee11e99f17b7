import API
package import Foundation
import Runs
package import ScalingLaws
package import Storage

/// A stored fit that a refit may start from.
package struct RefitBase: Sendable {
    /// JSON of the law's own fit.
    package let fit: Data
    package let note: FitDiagnostics.Refit

    /// Share of the runs of the last whole fit by which their number may change before the next.
    static let growth = 0.1
    /// Refits in a row before a whole fit is made.
    static let most = 20

    /// nil where only a whole fit will do: the last finished fit was asked for otherwise, was made
    /// by another version of the program or has given up its body, or too much has changed since
    /// the last whole fit.
    package init?(_ last: FitRecord?, for job: FitJob, runs: Int) {
        guard let last, last.law == job.law, last.seed == job.seed,
            last.codeVersion == ProductVersion.text, let body = last.result,
            let summary = last.summary, let runCount = last.runCount
        else { return nil }
        let decoder = WireJSON.decoder()
        do {
            let asked = try decoder.decode(StoredFitRequest.self, from: job.request)
            guard try decoder.decode(StoredFitRequest.self, from: last.request) == asked else {
                return nil
            }
            let known = try decoder.decode(FitSummary.self, from: summary).diagnostics.refit
            note = FitDiagnostics.Refit(
                from: last.id.hex,
                wholeFit: known?.wholeFit ?? last.id.hex,
                wholeFitRuns: known?.wholeFitRuns ?? runCount,
                count: (known?.count ?? 0) + 1
            )
        } catch {
            // Written by a program that said it otherwise: a whole fit needs none of it.
            return nil
        }
        let whole = Double(note.wholeFitRuns)
        guard note.count <= Self.most, abs(Double(runs) - whole) <= Self.growth * whole else {
            return nil
        }
        fit = body
    }
}
