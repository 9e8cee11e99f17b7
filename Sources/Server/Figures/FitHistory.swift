import API
import Foundation
package import ScalingLaws

/// The finished fits of a project, as figures that look at several of them read them.
package struct FitHistory: FigureBody {
    /// One fit without its body.
    package struct Entry: Sendable, Hashable {
        package var fitID: String
        package var law: String
        /// Microseconds since 1970.
        package var finishedAt: Int64
        package var summary: FitSummary

        package init(fitID: String, law: String, finishedAt: Int64, summary: FitSummary) {
            self.fitID = fitID
            self.law = law
            self.finishedAt = finishedAt
            self.summary = summary
        }

        var card: LawCard? { lawCards.first { $0.id == law } }
    }

    /// The fit that was asked about.
    package var chosen: Entry
    /// All of the project, oldest first.
    package var entries: [Entry]

    package init(chosen: Entry, entries: [Entry]) {
        self.chosen = chosen
        self.entries = entries
    }

    package var provenance: FigureProvenance {
        FigureProvenance(law: chosen.law, runs: chosen.summary.runs)
    }

    package static func read(_ material: FigureMaterial) throws -> FitHistory {
        guard let chosen = material.history.first(where: { $0.fitID == material.fitID }) else {
            throw FigureError.nothingToShow("this fit is not among the last of its project")
        }
        return FitHistory(chosen: chosen, entries: material.history)
    }
}

extension Figure where Fit == FitHistory {
    package static var laws: [String] { lawCards.filter { $0.kind == .fitted }.map(\.id) }
}
