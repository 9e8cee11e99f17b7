package import API
package import Mixtures
package import Runs
package import Storage

/// Reads from the store what a law of mixtures is fitted on.
package struct MixtureRuns: Sendable {
    private let store: Store

    package init(store: Store) { self.store = store }

    /// The runs of a project that have a mixture, with the last values of their metrics.
    package func table(
        _ project: ProjectID,
        where filter: RunFilter? = nil
    ) async throws -> MixtureTable {
        let resolver = try await Lookup(store: store).resolver(project)
        return MixtureTable(try await store.runs.all(projectID: project), resolver, where: filter)
    }
}

extension MixtureData {
    /// Rows of a table that have a finite last value of the target. Replicates stay separate runs;
    /// a metric that is better when greater is turned into 1 − value.
    ///
    /// Throws `invalid` when no row has the target, with the metrics that there are.
    package init(_ table: MixtureTable, target: String) throws(APIError) {
        try Self.check(table, target)
        let available = table.availableTokens
        self.init(
            domains: table.domains,
            runs: table.rows.compactMap { row in
                row.values[target].map { value in
                    Run(
                        id: row.id.uuid,
                        name: row.name,
                        proportions: row.shares,
                        loss: row.isHigherBetter ? 1 - value : value,
                        parameterCount: row.roles[.parameterCount],
                        tokenCount: row.roles[.tokenCount]
                    )
                }
            },
            availableTokens: available.isEmpty ? [] : table.domains.map { available[$0] }
        )
    }

    private static func check(_ table: MixtureTable, _ target: String) throws(APIError) {
        guard !table.rows.isEmpty else {
            let reasons = table.leftOut.prefix(3).map { "\($0.runName): \($0.reason)" }
            throw APIError(
                .invalid,
                "No finished run of the project has a mixture. "
                    + (reasons + ["\(table.withoutMixture) runs name none."])
                    .joined(separator: " "),
                hint: "Log params \(RunMixture.requestedPrefix)<domain> with shares that sum to 1, "
                    + "or import tables with `isoloss import mixtures`.",
                field: "project"
            )
        }
        guard table.rows.contains(where: { $0.values[target] != nil }) else {
            let known = table.targets.prefix(20).map(\.name).joined(separator: ", ")
            throw APIError(
                .invalid,
                "No run with a mixture has a finite value of \(target.prefix(80)); the metrics "
                    + "are: \(known.isEmpty ? "none" : known).",
                field: "target"
            )
        }
    }
}
