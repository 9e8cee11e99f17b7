import Foundation
import API
import Runs
import ScalingLaws
import Storage

/// Which law answers a question that names none. A question of model size and tokens goes to the
/// law which, of those that are fitted, errs least on the largest scales, left out of its fit.
package struct LawChoice: Sendable {
    /// The newest fit of one law.
    package struct Candidate: Sendable, Hashable {
        package var law: String
        /// Filter that its runs passed.
        package var scope: String?
        package var runs: Int
        /// nil where the fit had no scale to leave out.
        package var heldOutErrorPercent: Double?
        /// Microseconds since 1970.
        package var finishedAt: Int64

        package init(
            law: String,
            scope: String? = nil,
            runs: Int,
            heldOutErrorPercent: Double?,
            finishedAt: Int64
        ) {
            self.law = law
            self.scope = scope
            self.runs = runs
            self.heldOutErrorPercent = heldOutErrorPercent
            self.finishedAt = finishedAt
        }
    }

    package var law: String
    /// Said beside the answer; nil where there was nothing to choose.
    package var reason: String?

    /// Errors can be compared between fits of the same runs: those of the newest fit.
    package init(_ fits: [Candidate], default law: String) {
        self.law = law
        guard let newest = fits.max(by: { $0.finishedAt < $1.finishedAt }) else { return }
        let ranked = fits.filter { $0.scope == newest.scope && $0.runs == newest.runs }
            .compactMap { fit in
                fit.heldOutErrorPercent.flatMap { $0.isFinite ? (error: $0, law: fit.law) : nil }
            }
            .sorted { $0 < $1 }
        guard let best = ranked.first, ranked.count > 1 || best.law != law else { return }
        self.law = best.law
        func text(_ rank: (error: Double, law: String)) -> String {
            "\(rank.law) \(FigureText.percent(rank.error))"
        }
        reason =
            ranked.count == 1
            ? "Asked of \(best.law), the only law of size and tokens fitted on these runs; name"
                + " another by law."
            : "Asked of \(best.law), of \(ranked.count) laws fitted on these runs the one that errs"
                + " least on the largest scales, left out: "
                + ranked.map(text).joined(separator: ", ") + "."
    }
}

extension LawChoice {
    /// Laws that can stand in for one another, if they read all that is given.
    static func rivals(of law: ServedLaw, _ asked: Question) -> [ServedLaw] {
        guard law.id == "chinchilla" else { return [] }
        let unread = law.unread(asked)
        return ServedLaw.planning.filter { other in
            other.card.family == law.card.family && other.unread(asked).isSubset(of: unread)
        }
    }
}

extension FitService {
    /// The law that a question means in a project, and why that one.
    func choice(_ asked: Question, _ project: ProjectID) async throws -> (ServedLaw, String?) {
        let law = try QuestionRouting.law(for: asked)
        let rivals = LawChoice.rivals(of: law, asked).map(\.id)
        guard !rivals.isEmpty else { return (law, nil) }
        let stored = try await dependencies.store.fits.latest(projectID: project, laws: rivals)
        let choice = LawChoice(try stored.map(LawChoice.Candidate.init), default: law.id)
        return (try ServedLaw(parsing: choice.law), choice.reason)
    }
}

extension LawChoice.Candidate {
    init(_ record: FitRecord) throws {
        let decoder = WireJSON.decoder()
        let summary = try record.summary.map {
            try decoder.decode(FitSummaryMessage.self, from: $0)
        }
        self.init(
            law: record.law,
            scope: try decoder.decode(StoredFitRequest.self, from: record.request).where,
            runs: summary?.runs ?? 0,
            heldOutErrorPercent: summary?.diagnostics.heldOutErrorPercent,
            finishedAt: record.finishedAt ?? record.createdAt
        )
    }
}
