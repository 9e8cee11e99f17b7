/// What makes the runs of one table hard to compare, or a domain's effect impossible to tell.
struct MixtureChecks {
    let table: MixtureTable

    /// Values of one table that differ by no more are the same.
    private static let sameRatio = 1.01

    init(_ table: MixtureTable) { self.table = table }

    func warnings() -> [MixtureWarning] {
        guard !table.rows.isEmpty else { return [] }
        return quirks() + missingDomains() + comparability() + geometry()
    }

    private func quirks() -> [MixtureWarning] {
        let sums = table.rows.map(\.mixture.effective.givenSum)
        let range = Self.range(of: sums)
        let sentences: [(MixtureWarning.Kind, String)] = [
            (
                .sumOffOne,
                "have shares whose sum is more than 0.001 from 1 (\(range)); they were "
                    + "divided by their sum."
            ),
            (
                .rounded,
                "have rounded shares that do not sum to 1 exactly; they were divided by "
                    + "their sum."
            ),
            (.percent, "have shares in per cent; they were divided by their sum."),
            (.duplicateDomain, "name a domain twice, with blanks around one of the names."),
        ]
        let found = sentences.compactMap { kind, text in
            warning(kind, text) { $0.mixture.effective.quirks.contains(kind) }
        }
        let off = warning(
            .achievedDiffers,
            "were trained on shares that differ from those asked for by more than "
                + "\(NumberText.text(RunMixture.noticedDistance)) in all; the achieved ones count."
        ) { $0.mixture.isOffRequest }
        return found + [off].compactMap { $0 }
    }

    private func missingDomains() -> [MixtureWarning] {
        let text = "do not name all \(table.domains.count) domains; what is not named counts as 0."
        return [
            warning(.missingDomain, text) {
                $0.mixture.effective.shares.count < table.domains.count
            }
        ].compactMap { $0 }
    }

    private func comparability() -> [MixtureWarning] {
        var found: [MixtureWarning] = []
        let tokenizers = Set(table.rows.compactMap(\.tokenizer)).sorted()
        if tokenizers.count > 1 {
            let names = tokenizers.prefix(5).joined(separator: ", ")
            found.append(
                MixtureWarning(
                    .tokenizerMismatch,
                    "The runs used \(tokenizers.count) tokenizers (\(names)); losses per token and "
                        + "shares of tokens do not compare across tokenizers. Fit one by where."
                )
            )
        }
        if Set(table.rows.compactMap(\.isAnnealed)).count > 1 {
            let text =
                "ended in mid-schedule while the others had decayed their learning rate; "
                + "their losses are higher for that alone. Leave them out by where."
            found += [warning(.unannealedCheckpoint, text) { $0.isAnnealed == false }]
                .compactMap { $0 }
        }
        if let range = differing({ $0.roles[.peakLearningRate] }) {
            found.append(
                MixtureWarning(
                    .learningRateDiffers,
                    "Peak learning rates differ between the runs (\(range)); the best mixture can "
                        + "depend on the rate. Fit one rate by where."
                )
            )
        }
        for (role, what) in [(Role.parameterCount, "sizes"), (.tokenCount, "token counts")] {
            guard let range = differing({ $0.roles[role] }) else { continue }
            found.append(
                MixtureWarning(
                    .scaleDiffers,
                    "The runs have several \(what) (\(range)); a law of one scale reads their "
                        + "difference as noise. Fit one by where, or a law over scale."
                )
            )
        }
        for domain in table.domains {
            guard let range = differing({ $0.mixture.availableTokens[domain] }) else { continue }
            let text =
                "The runs say different numbers of available tokens of \(domain) (\(range)); "
                + "the least counts."
            found.append(MixtureWarning(.availableTokensDiffer, text))
        }
        return found
    }

    private func geometry() -> [MixtureWarning] {
        let geometry = MixtureGeometry(domains: table.domains, rows: table.rows.map(\.shares))
        return [
            geometry.constantWarning.map { MixtureWarning(.neverVaries, $0) },
            geometry.lockstepWarning.map { MixtureWarning(.moveTogether, $0) },
        ].compactMap { $0 }
    }

    private func warning(
        _ kind: MixtureWarning.Kind,
        _ text: String,
        where isMeant: (MixtureTable.Row) -> Bool
    ) -> MixtureWarning? {
        let names = table.rows.filter(isMeant).map(\.name)
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(MixtureWarning.shownNameCount).joined(separator: ", ")
        let more = names.count > MixtureWarning.shownNameCount ? ", …" : ""
        return MixtureWarning(
            kind,
            "\(names.count) of \(table.rows.count) runs (\(shown)\(more)) \(text)",
            runs: names
        )
    }

    /// "least to greatest" when positive values differ, nil when they are the same.
    private func differing(_ value: (MixtureTable.Row) -> Double?) -> String? {
        let values = table.rows.compactMap(value)
        guard let least = values.min(), let greatest = values.max(),
            greatest > least * Self.sameRatio
        else { return nil }
        return Self.range(of: values)
    }

    private static func range(of values: [Double]) -> String {
        let ends = [values.min() ?? 0, values.max() ?? 0].map { value in
            abs(value) < 1e3
                ? NumberText.text((value * 1e6).rounded() / 1e6)
                : NumberText.text(value)
        }
        return "\(ends[0]) to \(ends[1])"
    }
}
