import Foundation
package import Mixtures
import ScalingLaws

/// Fits of some targets over the same mixtures, and what is asked of them.
package struct MixtureQuestion: FigureBody {
    /// One per target, over the same domains; not empty.
    package var fits: [MixtureFit]
    package var constraints: MixtureConstraints
    /// Corners of a triangle; empty takes the domains that move the loss most.
    package var domains: [String]
    /// The mixture that a triangle goes through, in the order of the domains; nil takes the best
    /// run's.
    package var mixture: [Double]?
    /// Of the run that is planned.
    package var tokens: Double?

    package init(
        fits: [MixtureFit],
        constraints: MixtureConstraints = MixtureConstraints(),
        domains: [String] = [],
        mixture: [Double]? = nil,
        tokens: Double? = nil
    ) {
        self.fits = fits
        self.constraints = constraints
        self.domains = domains
        self.mixture = mixture
        self.tokens = tokens
    }

    package var provenance: FigureProvenance {
        FigureProvenance(
            law: Set(fits.map(\.model.lawID)).sorted().joined(separator: ", "),
            runs: fits.map(\.runs.count).max() ?? 0,
            dataHash: fits.count == 1 ? fits.first?.dataHash : nil,
            lossName: fits.map(\.target).joined(separator: ", ")
        )
    }

    var request: OptimumRequest {
        var request = OptimumRequest()
        request.constraints = constraints
        return request
    }
}

extension Figure where Fit == MixtureQuestion {
    package static var subject: FigureSubject { .mixtures }
    package static var laws: [String] { MixtureFitJob.laws }
    package static var parameters: [String] { ["target", "constraints"] }
}

extension FigureText {
    /// The largest shares of a mixture, in words.
    static func shares(_ domains: [String], _ proportions: [Double], most: Int = 4) -> String {
        let order = zip(domains, proportions).filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
        let words = order.prefix(most).map { "\(plain($0.0)) \(percent(100 * $0.1))" }
        return words.joined(separator: ", ") + (order.count > most ? ", …" : "")
    }

    /// The names without a long beginning and the end that all share, as far as words go. A short
    /// one stays: `loss` is not `val_loss`.
    static func distinct(_ names: [String]) -> [String] {
        guard let first = names.first, names.count > 1 else { return names }
        let isEnd = { (character: Character) in "/_-.: ".contains(character) }
        var head = first
        for name in names { head = head.commonPrefix(with: name) }
        head = head.lastIndex(where: isEnd).map { String(head[...$0]) } ?? ""
        if head.count < 8 { head = "" }
        let rests = names.map { $0.dropFirst(head.count) }
        var tail = String(rests[0].reversed())
        for rest in rests { tail = tail.commonPrefix(with: String(rest.reversed())) }
        let end = tail.lastIndex(where: isEnd).map { tail[...$0].count } ?? 0
        let short = rests.map { String($0.dropLast(end)) }
        return short.contains("") ? names : short
    }
}
