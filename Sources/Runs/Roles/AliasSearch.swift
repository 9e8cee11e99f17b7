/// The best value of each role among the names a run logged, found in one pass over them.
struct AliasSearch {
    private struct Candidate {
        var rank: Int
        var name: String
        var value: Double
    }

    private var exact: [Role: Candidate] = [:]
    /// From the last part of a dotted name; several names may end alike.
    private var nested: [Role: [Candidate]] = [:]

    init(_ run: Run) {
        for (name, text) in run.params { consider(name, text) }
        for (name, metric) in run.metrics {
            guard let (role, rank) = RoleAliases.ranks[name],
                RoleAliases.givenByMetrics.contains(role),
                role == .loss || Self.isUsable(metric.lastValue)
            else { continue }
            // A metric is the better witness of a loss and the worse one of a setting.
            let shifted = role == .loss ? rank : rank + 1_000
            keep(role, Candidate(rank: shifted, name: name, value: metric.lastValue))
        }
    }

    /// Moves what was found for the role into the result: a value, or a reason for having none.
    func take(_ role: Role, into result: inout ResolvedRoles) {
        if let best = exact[role] {
            if best.name == role.rawValue {
                result.set(role, best.value, best.name, .canonical)
            } else {
                result.set(role, best.value, Arithmetic.quoted(best.name), .alias)
            }
            return
        }
        guard let candidates = nested[role] else { return }
        let sorted = candidates.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
        guard let best = sorted.first else { return }
        if sorted.allSatisfy({ $0.value == best.value }) {
            result.set(role, best.value, Arithmetic.quoted(best.name), .alias)
        } else {
            let shown = sorted.prefix(3).map { "\($0.name) = \(NumberText.text($0.value))" }
            result.missing[role] =
                "Several names could be meant (\(shown.joined(separator: ", "))); map one of them."
        }
    }

    /// Whether a dotted name may end in the name of a role.
    static func mayBeNested(_ name: String) -> Bool {
        guard let cut = name.utf8.lastIndex(where: isSeparator) else { return false }
        return RoleAliases.ranks[String(name[name.utf8.index(after: cut)...])] != nil
    }

    private mutating func consider(_ name: String, _ text: String) {
        if let (role, rank) = RoleAliases.ranks[name] {
            guard let value = Self.value(text, for: role) else { return }
            keep(
                role,
                Candidate(rank: role == .loss ? rank + 1_000 : rank, name: name, value: value)
            )
            return
        }
        guard let cut = name.utf8.lastIndex(where: Self.isSeparator) else { return }
        let last = String(name[name.utf8.index(after: cut)...])
        guard let (role, rank) = RoleAliases.ranks[last], role != .loss, last.utf8.count > 1,
            let value = Self.value(text, for: role),
            !name.split(whereSeparator: { $0 == "." || $0 == "/" })
                .contains(where: RoleAliases.otherParts.contains)
        else { return }
        nested[role, default: []].append(Candidate(rank: rank, name: name, value: value))
    }

    private mutating func keep(_ role: Role, _ candidate: Candidate) {
        if let known = exact[role], known.rank <= candidate.rank { return }
        exact[role] = candidate
    }

    /// Counts may be written 7B or 100M; rates and losses have no such custom.
    private static func value(_ text: String, for role: Role) -> Double? {
        let hasSuffix = role != .loss && role != .peakLearningRate
        guard let value = NumberText.number(text, suffixes: hasSuffix) else { return nil }
        return role == .loss || isUsable(value) ? value : nil
    }

    private static func isUsable(_ value: Double) -> Bool { value.isFinite && value > 0 }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")
    }
}
