import API
package import ScalingLaws

/// What a fit was asked with, stored beside it, so that a second computation gives the same fit.
package struct StoredFitRequest: Sendable, Codable, Hashable {
    /// Filter of the query language.
    package var `where`: String?
    /// nil is what the law recommends.
    package var options: FitOptions?
    /// Of a fit over mixtures.
    package var mixture: StoredMixtureRequest?

    package init(
        where filter: String? = nil,
        options: FitOptions? = nil,
        mixture: StoredMixtureRequest? = nil
    ) {
        self.where = filter
        self.options = options
        self.mixture = mixture
    }
}

extension FitOptions {
    /// Options as asked for on the wire, each within its bounds.
    init(_ message: FitOptionsMessage, of law: ServedLaw) throws(APIError) {
        self.init()
        if let count = message.drawCount {
            let range = FitOptionsMessage.drawCounts
            guard range.contains(count) else {
                throw APIError(
                    .invalid,
                    "drawCount must be \(range.lowerBound) to \(range.upperBound); it was \(count).",
                    field: "options.drawCount"
                )
            }
            drawCount = count
        }
        if let delta = message.huberDelta {
            guard FitOptionsMessage.huberDeltas.contains(delta) else {
                throw APIError(
                    .invalid,
                    "huberDelta must be a positive number such as 0.001; it was \(delta).",
                    hint: "A large one, such as 1e9, is plain least squares.",
                    field: "options.huberDelta"
                )
            }
            huberDelta = delta
        }
        if let text = message.prior, !text.isEmpty {
            let known = law.priorIDs
            guard known.contains(text) else {
                throw APIError(
                    .invalid,
                    "The law \(law.id) has no published constants \(text.prefix(80)); it has "
                        + "\(known.isEmpty ? "none" : known.joined(separator: ", ")).",
                    field: "options.prior"
                )
            }
            prior = text
        }
        overheadPercent = try Self.inside(
            FitOptionsMessage.overheadPercents,
            message.overheadPercent,
            "overheadPercent"
        )
        anchorBatchTokens = try Self.inside(
            FitOptionsMessage.anchorBatches,
            message.anchorBatchTokens,
            "anchorBatchTokens"
        )
    }

    private static func inside(
        _ range: ClosedRange<Double>,
        _ value: Double?,
        _ name: String
    ) throws(APIError) -> Double? {
        guard let value else { return nil }
        guard range.contains(value) else {
            throw APIError(
                .invalid,
                "\(name) must be \(range.lowerBound) to \(range.upperBound); it was \(value).",
                field: "options.\(name)"
            )
        }
        return value
    }

    /// nil when all is as the law recommends.
    var message: FitOptionsMessage? {
        let usual = FitOptions()
        guard self != usual else { return nil }
        return FitOptionsMessage(
            drawCount: drawCount == usual.drawCount ? nil : drawCount,
            huberDelta: huberDelta,
            prior: prior,
            overheadPercent: overheadPercent,
            anchorBatchTokens: anchorBatchTokens
        )
    }
}
