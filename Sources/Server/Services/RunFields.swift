package import API
package import Runs

/// Which params, tags and metrics a list of runs shows: the columns that a table asks for.
package struct RunFields: Sendable {
    private var params: Set<String> = []
    private var tags: Set<String> = []
    private var metrics: Set<String> = []
    package static let limit = 1_000

    /// Each is `params.NAME`, `tags.NAME`, `metrics.NAME`, or `none`.
    package init(_ names: [String]) throws(APIError) {
        guard names.count <= Self.limit else {
            throw APIError(.invalid, "fields takes at most \(Self.limit) names.", field: "fields")
        }
        for name in names where name != "none" {
            let dot = name.firstIndex(of: ".") ?? name.endIndex
            let rest = String(name[dot...].dropFirst())
            switch name[..<dot] {
            case "params": params.insert(rest)
            case "tags": tags.insert(rest)
            case "metrics": metrics.insert(rest)
            default:
                throw APIError(
                    .invalid,
                    "\(name.prefix(80)) is no field.",
                    hint: "Write params.NAME, tags.NAME or metrics.NAME, or none alone.",
                    field: "fields"
                )
            }
        }
    }

    /// What has to be read, beside what roles and state are read from.
    package var keys: Set<SearchKey> {
        Set(params.map(SearchKey.param)).union(tags.map(SearchKey.tag))
            .union(metrics.map(SearchKey.metric)).union([.tag(DivergedTag.name)])
    }

    package func narrowed(_ run: RunMessage) -> RunMessage {
        var run = run
        run.params = run.params.filter { params.contains($0.key) }
        run.tags = run.tags.filter { tags.contains($0.key) }
        run.metrics = run.metrics.filter { metrics.contains($0.key) }
        return run
    }
}
