/// What the params of one run say of its data.
///
/// | param | says |
/// |---|---|
/// | `mixture/<domain>` | share of the tokens that was asked for |
/// | `achievedMixture/<domain>` | share that was trained on |
/// | `mixture@<phase>/<domain>` | share asked for in one phase of the training |
/// | `phaseStartTokens/<phase>`, `phaseEndTokens/<phase>` | where the phase lies, in tokens |
/// | `availableTokens/<domain>` | unique tokens the domain has |
package struct RunMixture: Sendable, Hashable {
    package struct Phase: Sendable, Hashable {
        package var name: String
        package var mixture: Mixture
        /// Tokens seen when it begins and when it ends; nil when the run does not say.
        package var startTokens: Double?
        package var endTokens: Double?
    }

    package static let requestedPrefix = "mixture/"
    package static let achievedPrefix = "achievedMixture/"
    package static let availablePrefix = "availableTokens/"
    package static let phasePrefix = "mixture@"
    package static let phaseStartPrefix = "phaseStartTokens/"
    package static let phaseEndPrefix = "phaseEndTokens/"
    /// Σ |achieved − requested| from which on a word is said.
    package static let noticedDistance = 0.02

    package var requested: Mixture?
    package var achieved: Mixture?
    /// By start, then by name.
    package var phases: [Phase]
    /// Unique tokens by domain; from 0.
    package var availableTokens: [String: Double]
    /// What a law learns from: the achieved shares, else the requested ones, else the mean of the
    /// phases by their tokens.
    package let effective: Mixture

    /// nil when the run says nothing of a mixture.
    package init?(params: [String: String]) throws(MixtureFault) {
        let requested = Self.below(Self.requestedPrefix, params)
        let achieved = Self.below(Self.achievedPrefix, params)
        phases = try Self.phases(params)
        guard !requested.isEmpty || !achieved.isEmpty || !phases.isEmpty else { return nil }
        self.requested = requested.isEmpty ? nil : try Mixture(requested)
        self.achieved = achieved.isEmpty ? nil : try Mixture(achieved)
        availableTokens = try Self.tokens(Self.below(Self.availablePrefix, params))
        guard let effective = self.achieved ?? self.requested ?? Self.mean(of: phases) else {
            throw MixtureFault(
                reason: "the phases do not say how many tokens they took; log "
                    + "\(Self.phaseStartPrefix)<phase> and \(Self.phaseEndPrefix)<phase>"
            )
        }
        self.effective = effective
    }

    /// Whether params name a share of any domain, whatever its value.
    package static func isGiven(_ params: [String: String]) -> Bool {
        params.keys.contains {
            $0.hasPrefix(requestedPrefix) || $0.hasPrefix(achievedPrefix)
                || $0.hasPrefix(phasePrefix)
        }
    }

    /// Whether what was trained on is not what was asked for.
    package var isOffRequest: Bool {
        guard let requested, let achieved else { return false }
        return requested.distance(to: achieved) > Self.noticedDistance
    }

    private static func below(_ prefix: String, _ params: [String: String]) -> [String: String] {
        var found: [String: String] = [:]
        for (name, text) in params where name.hasPrefix(prefix) {
            found[String(name.dropFirst(prefix.count))] = text
        }
        return found
    }

    private static func phases(_ params: [String: String]) throws(MixtureFault) -> [Phase] {
        var texts: [String: [String: String]] = [:]
        for (name, text) in params where name.hasPrefix(phasePrefix) {
            let rest = name.dropFirst(phasePrefix.count)
            guard let slash = rest.firstIndex(of: "/") else { continue }
            texts[String(rest[..<slash]), default: [:]][String(rest[rest.index(after: slash)...])] =
                text
        }
        var phases: [Phase] = []
        for (name, shares) in texts {
            let phase = Phase(
                name: name,
                mixture: try Mixture(shares),
                startTokens: try token(phaseStartPrefix + name, params),
                endTokens: try token(phaseEndPrefix + name, params)
            )
            if let start = phase.startTokens, let end = phase.endTokens, end <= start {
                throw MixtureFault(
                    name: phaseEndPrefix + name,
                    reason: "the phase \(name) ends at \(NumberText.text(end)) tokens, not after "
                        + "its start at \(NumberText.text(start))"
                )
            }
            phases.append(phase)
        }
        return phases.sorted {
            ($0.startTokens ?? .infinity, $0.name) < ($1.startTokens ?? .infinity, $1.name)
        }
    }

    private static func mean(of phases: [Phase]) -> Mixture? {
        if phases.count == 1 { return phases[0].mixture }
        var weighted: [(mixture: Mixture, tokens: Double)] = []
        for phase in phases {
            guard let start = phase.startTokens, let end = phase.endTokens else { return nil }
            weighted.append((phase.mixture, end - start))
        }
        return Mixture(mean: weighted)
    }

    private static func tokens(
        _ texts: [String: String]
    ) throws(MixtureFault) -> [String: Double] {
        var tokens: [String: Double] = [:]
        for name in texts.keys.sorted() {
            tokens[Mixture.trimmed(name)] = try token(name, texts)
        }
        return tokens
    }

    private static func token(
        _ name: String,
        _ params: [String: String]
    ) throws(MixtureFault) -> Double? {
        guard let text = params[name] else { return nil }
        guard let value = NumberText.number(text, suffixes: true), value.isFinite, value >= 0 else {
            throw MixtureFault(
                name: name,
                reason: "\"\(text.prefix(40))\" is not a number of tokens, such as 1.5e9 or 430M"
            )
        }
        return value
    }
}
