/// Shares of a run's tokens by domain, keyed by the domains' own names.
package struct Mixture: Sendable, Hashable {
    /// By domain: from 0, summing to 1. A domain that is not named has no share.
    package private(set) var shares: [String: Double]
    /// What the shares summed to as they were given; they were divided by it.
    package private(set) var givenSum: Double
    /// What was set right: `sumOffOne`, `rounded`, `percent`, `duplicateDomain`.
    package private(set) var quirks: Set<MixtureWarning.Kind> = []

    /// A sum farther from 1, and from 100 for per cent, means that something is missing.
    package static let sumTolerance = 0.05
    /// A sum no farther from 1 is not worth a word.
    package static let noticedSum = 1e-3
    static let exactSum = 1e-6

    /// - Parameter shares: as they are written: finite, from 0, summing to about 1 or 100.
    package init(_ texts: [String: String]) throws(MixtureFault) {
        var values: [String: Double] = [:]
        var decimals = 0
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            let domain = Self.trimmed(name)
            guard !domain.isEmpty else {
                throw MixtureFault(name: name, reason: "a domain needs a name")
            }
            let value = try Self.share(text, of: name)
            decimals = max(decimals, Self.decimals(text))
            if let earlier = values[domain] {
                guard earlier == value else {
                    throw MixtureFault(
                        name: name,
                        reason:
                            "the domain \(domain) is given twice, as \(NumberText.text(earlier))"
                            + " and \(NumberText.text(value)); keep one"
                    )
                }
                quirks.insert(.duplicateDomain)
            }
            values[domain] = value
        }
        givenSum = values.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
        shares = [:]
        quirks.formUnion(try Self.quirks(ofSum: givenSum, decimals: decimals))
        shares = values.mapValues { $0 / givenSum }
    }

    /// The mean of mixtures by how many tokens each stood for; nil without tokens.
    init?(mean phases: [(mixture: Mixture, tokens: Double)]) {
        let total = phases.reduce(0) { $0 + $1.tokens }
        guard total > 0, total.isFinite else { return nil }
        shares = [:]
        for phase in phases {
            for (domain, share) in phase.mixture.shares {
                shares[domain, default: 0] += share * phase.tokens / total
            }
            quirks.formUnion(phase.mixture.quirks)
        }
        givenSum = 1
    }

    /// Σ |difference|, from 0 to 2.
    package func distance(to other: Mixture) -> Double {
        Set(shares.keys).union(other.shares.keys)
            .reduce(0) { $0 + abs((shares[$1] ?? 0) - (other.shares[$1] ?? 0)) }
    }

    private static func share(_ text: String, of name: String) throws(MixtureFault) -> Double {
        guard let value = NumberText.number(text) else {
            throw MixtureFault(
                name: name,
                reason: "\"\(text.prefix(40))\" is not a number; a share is one, such as 0.25"
            )
        }
        guard value.isFinite, value >= 0 else {
            throw MixtureFault(
                name: name,
                reason: "the share is \(NumberText.text(value)); it must be finite and not negative"
            )
        }
        return value
    }

    private static func quirks(
        ofSum sum: Double,
        decimals: Int
    ) throws(MixtureFault) -> Set<MixtureWarning.Kind> {
        let text = NumberText.text((sum * 1e6).rounded() / 1e6)
        guard sum > 0 else {
            throw MixtureFault(reason: "the shares sum to \(text); they must sum to 1")
        }
        if abs(sum - 100) <= 100 * sumTolerance { return [.percent] }
        let off = abs(sum - 1)
        guard off <= sumTolerance else {
            throw MixtureFault(
                reason: "the shares sum to \(text); they must sum to 1, give or take "
                    + "\(NumberText.text(sumTolerance)): a domain may be missing"
            )
        }
        var quirks: Set<MixtureWarning.Kind> = []
        if off > noticedSum + 1e-12 { quirks.insert(.sumOffOne) }
        if off > exactSum, decimals <= 4 { quirks.insert(.rounded) }
        return quirks
    }

    /// Digits after the point; many for a number written with an exponent.
    private static func decimals(_ text: String) -> Int {
        guard !text.contains(where: { $0 == "e" || $0 == "E" }) else { return 16 }
        guard let point = text.firstIndex(of: ".") else { return 0 }
        return text[text.index(after: point)...].prefix { $0.isNumber }.count
    }

    static func trimmed(_ name: String) -> String {
        var text = name[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
