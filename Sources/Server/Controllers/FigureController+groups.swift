import API
import Foundation
import Runs
import Storage

extension FigureController {
    /// Groups of more than this are too many to tell apart.
    private static let groupLimit = 8
    /// Runs whose points are held at a time.
    private static let runsAtOnce = 500
    /// Buckets of each line; fewer when there are many lines, of which one counts for less.
    private static let bucketCounts = (few: 240, many: 120)

    /// The lines of a metric of all runs that pass a filter, in groups.
    func groups(_ query: QueryParameters, _ project: Project) async throws -> RunGroups {
        let resolver = try await dependencies.lookup.resolver(project.id)
        let key = try GroupKey(query.required("group"))
        let metric = try query.required("metric")
        let axis = try query.choice("x", as: PlotAxis.self) ?? .step
        let window = SeriesWindow(
            buckets: 0,
            from: try query.number("from"),
            to: try query.number("to")
        )
        let ids = try await passing(query, SearchScope(projectID: project.id, resolver: resolver))
        var members: [String: [RunID]] = [:]
        for page in Self.pages(ids) {
            let keys = resolver.mappedKeys.union(key.searchKeys)
            for run in try await dependencies.store.runs.find(ids: page, onlyReading: keys) {
                members[key.value(of: run, resolver), default: []].append(run.id)
            }
        }
        let largest = members.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            .prefix(Self.groupLimit)
        var groups = RunGroups(
            metric: metric,
            key: key.name,
            axis: axis,
            spread: try query.choice("band", as: GroupSpread.self) ?? .range,
            groups: [],
            otherValueCount: members.count - largest.count
        )
        for (value, ids) in largest.sorted(by: { GroupKey.isBefore($0.key, $1.key) }) {
            let found = try await lines(ids, metric, axis, window)
            groups.leftOutCount += found.leftOutCount
            groups.groups.append(
                RunGroups.Group(value: value, runCount: ids.count, lines: found.lines)
            )
        }
        return groups
    }

    private func passing(
        _ query: QueryParameters,
        _ scope: SearchScope
    ) async throws -> [RunID] {
        let listing = RunListing(
            filter: try query.filter("q"),
            order: RunListing.Order(nil),
            limit: Limits.groupedRunCount + 1
        )
        let ids = try await dependencies.store.search.page(listing.search, in: [scope]).ids
        guard ids.count <= Limits.groupedRunCount else {
            throw APIError(
                .tooLarge,
                "More than \(Limits.groupedRunCount) runs pass the filter.",
                hint: "Narrow it by q.",
                field: "q"
            )
        }
        return ids
    }

    private func lines(
        _ ids: [RunID],
        _ metric: String,
        _ axis: PlotAxis,
        _ window: SeriesWindow
    ) async throws -> (lines: [GroupLine], leftOutCount: Int) {
        var lines: [GroupLine] = []
        var leftOutCount = 0
        for page in Self.pages(ids) {
            let stored = try await StoredAxis(axis, runs: page, dependencies)
            leftOutCount += stored.leftOut.count
            let series = try await dependencies.store.points.buckets(
                runIDs: page,
                metrics: [metric],
                axis: stored.axis,
                count: ids.count > Self.runsAtOnce
                    ? Self.bucketCounts.many : Self.bucketCounts.few,
                from: window.from,
                to: window.to
            )
            // Times are microseconds here and milliseconds in a figure.
            let scale = axis == .time ? 1e-3 : 1
            lines += series.map {
                GroupLine(x: $0.buckets.x.map { $0 * scale }, y: $0.buckets.last)
            }
        }
        return (lines, leftOutCount)
    }

    private static func pages(_ ids: [RunID]) -> [[RunID]] {
        stride(from: 0, to: ids.count, by: runsAtOnce).map {
            Array(ids[$0..<min($0 + runsAtOnce, ids.count)])
        }
    }
}

/// What groups runs: the group they were logged with, a param, a tag or a role.
struct GroupKey: Sendable {
    private enum Source {
        case group
        case param(String)
        case tag(String)
        case role(Role)
    }

    private let source: Source

    /// Reads `group`, `params.NAME`, `tags.NAME` or `roles.NAME`.
    init(_ text: String) throws(APIError) {
        let dot = text.firstIndex(of: ".") ?? text.endIndex
        let rest = String(text[dot...].dropFirst())
        switch (text[..<dot], Role(rawValue: rest)) {
        case ("group", _) where dot == text.endIndex: source = .group
        case ("params", _) where !rest.isEmpty: source = .param(rest)
        case ("tags", _) where !rest.isEmpty: source = .tag(rest)
        case ("roles", let role?): source = .role(role)
        default:
            throw APIError(
                .invalid,
                "\(text.prefix(80)) is nothing that runs can be grouped by.",
                hint: "Write group, params.NAME, tags.NAME or roles.NAME.",
                field: "group"
            )
        }
    }

    /// The name alone.
    var name: String {
        switch source {
        case .group: "group"
        case .param(let name), .tag(let name): name
        case .role(let role): role.rawValue
        }
    }

    var searchKeys: Set<SearchKey> {
        switch source {
        case .group: []
        case .param(let name): [.param(name)]
        case .tag(let name): [.tag(name)]
        case .role(let role): [.role(role)]
        }
    }

    func value(of run: Run, _ resolver: RoleResolver) -> String {
        switch source {
        case .group: run.groupName ?? "no group"
        case .param(let name): run.params[name] ?? "not set"
        case .tag(let name): run.tags[name] ?? "not set"
        case .role(let role):
            resolver.resolve(run).values[role].map(Self.text) ?? "not known"
        }
    }

    /// Exactly, so that different values are never one group.
    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    /// Numbers by size, before other texts.
    static func isBefore(_ first: String, _ second: String) -> Bool {
        switch (Double(first), Double(second)) {
        case (let first?, let second?): first < second
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): first < second
        }
    }
}
