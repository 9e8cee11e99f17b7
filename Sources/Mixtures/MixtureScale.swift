/// Where a law over sizes is asked.
package struct MixtureScale: Sendable, Hashable, Codable {
    /// Parameters of the model, in the convention of the runs.
    package var parameterCount: Double
    /// Tokens of the run.
    package var tokenCount: Double

    /// Throws `invalid` for what is no size of a model or of a run.
    package init(parameterCount: Double, tokenCount: Double) throws(MixtureError) {
        guard Self.sizes.contains(parameterCount) else {
            throw .invalid(
                field: "parameterCount",
                reason: "The model size is \(parameterCount); expected parameters, from 1 to 1e18."
            )
        }
        guard Self.tokens.contains(tokenCount) else {
            throw .invalid(
                field: "tokenCount",
                reason: "The token count is \(tokenCount); expected tokens, from 1 to 1e24."
            )
        }
        self.parameterCount = parameterCount
        self.tokenCount = tokenCount
    }

    static let sizes = 1.0...1e18
    static let tokens = 1.0...1e24
}

extension MixtureData {
    /// Shares that count at a run's tokens: what is repeated is worth less
    /// (`RepetitionDiscount`); as they are where no available tokens are known.
    func effectiveShares(of run: Run, tokens: Double) -> [Double] {
        RepetitionDiscount(available: availableTokens, tokens: tokens)
            .effective(run.proportions)
    }
}

extension RepetitionDiscount {
    /// - Parameters:
    ///   - available: unique tokens of each domain; nil where unknown, empty where none is known.
    ///   - tokens: tokens of the run.
    init(available: [Double?], tokens: Double) {
        uniqueShare = available.map { amount in
            guard let amount, amount > 0 else { return .infinity }
            return amount / tokens
        }
    }

    func effective(_ shares: [Double]) -> [Double] {
        guard uniqueShare.count == shares.count else { return shares }
        return shares.indices.map { effective(shares[$0], $0).value }
    }
}

extension MixtureFit {
    /// The same fit asked at another model size and token count: law, resampled laws, and the runs'
    /// losses, each moved by the law's ratio of the two scales.
    ///
    /// Throws `invalid` where the law knows no scale.
    package func at(_ scale: MixtureScale) throws(MixtureError) -> MixtureFit {
        guard let moved = model.at(scale) else {
            throw .invalid(
                field: "parameterCount",
                reason: "\(model.lawID) does not know what size and tokens do. Fit"
                    + " joint-effective-data to runs of several sizes or token counts, or leave"
                    + " size and tokens out."
            )
        }
        var fit = self
        fit.model = moved
        fit.draws = draws.compactMap { $0.at(scale) }
        let own = model.losses(
            of: runs.map {
                MixtureData.Run(
                    id: $0.id,
                    name: $0.name,
                    proportions: $0.proportions,
                    loss: $0.loss,
                    parameterCount: $0.parameterCount,
                    tokenCount: $0.tokenCount
                )
            }
        )
        for index in fit.runs.indices where own[index] > 0 {
            fit.runs[index].loss *= moved.loss(at: runs[index].proportions) / own[index]
        }
        fit.warnings += scaleWarnings(scale)
        return fit
    }

    /// The same, with what is not given as in the largest run; the fit itself where nothing is.
    package func at(
        parameterCount: Double?,
        tokenCount: Double?
    ) throws(MixtureError) -> MixtureFit {
        guard parameterCount != nil || tokenCount != nil else { return self }
        let largest = runs.max {
            ($0.parameterCount ?? 0, $0.tokenCount ?? 0) < (
                $1.parameterCount ?? 0, $1.tokenCount ?? 0
            )
        }
        return try at(
            MixtureScale(
                parameterCount: parameterCount ?? largest?.parameterCount ?? .nan,
                tokenCount: tokenCount ?? largest?.tokenCount ?? .nan
            )
        )
    }

    private func scaleWarnings(_ scale: MixtureScale) -> [String] {
        var found: [String] = []
        let (sizes, tokens) = (runs.compactMap(\.parameterCount), runs.compactMap(\.tokenCount))
        if let largest = sizes.max(), scale.parameterCount > 1.05 * largest {
            found.append(
                "The model is \((scale.parameterCount / largest).short) times the largest of the"
                    + " runs: its loss is an extrapolation."
            )
        }
        if let most = tokens.max(), scale.tokenCount > 1.05 * most {
            found.append(
                "The run has \((scale.tokenCount / most).short) times the most tokens of the runs:"
                    + " its loss is an extrapolation."
            )
        }
        return found + repetitionWarnings(tokens: scale.tokenCount)
    }

    /// Domains that a run of these tokens would repeat far more often than any run of the fit did,
    /// at the mean of the runs' mixtures: what a proxy did not repeat, it does not price.
    package func repetitionWarnings(tokens: Double) -> [String] {
        guard let availableTokens, availableTokens.count == domains.count else { return [] }
        var named: [String] = []
        for (index, domain) in domains.enumerated() {
            guard let unique = availableTokens[index], unique > 0 else { continue }
            let shares = runs.map { $0.proportions[index] }
            let mean = shares.reduce(0, +) / Double(max(shares.count, 1))
            let seen = runs.map { $0.proportions[index] * ($0.tokenCount ?? 0) / unique }.max()
            let asked = mean * tokens / unique
            if asked > 1.05, asked > 2 * (seen ?? 0) {
                named.append("\(domain) \(asked.short) times, at most \((seen ?? 0).short) so far")
            }
        }
        guard !named.isEmpty else { return [] }
        return [
            "At the mean mixture this run repeats domains that the runs of the fit did not: "
                + named.joined(separator: "; ")
                + ". Runs that repeat as the target does, by subsampling, would show what that costs."
        ]
    }
}
