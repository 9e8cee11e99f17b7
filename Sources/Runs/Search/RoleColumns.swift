/// The roles of the runs of a block, as columns.
package enum RoleColumns {
    /// What `block` says of each role. It must hold every column that `resolver` reads.
    package static func columns(
        _ block: SearchBlock,
        _ resolver: RoleResolver
    ) -> [Role: NumberColumn] {
        let parts = Parts(block)
        var columns: [Role: NumberColumn] = [:]
        for row in 0..<block.count {
            let run = parts.run(row, block)
            for (role, value) in resolver.resolve(run, isExplaining: false).values {
                columns[role, default: NumberColumn(missing: block.count)].values[row] = value
                columns[role]?.isPresent[row] = true
            }
        }
        return columns
    }

    /// The columns apart by what they hold.
    private struct Parts {
        var params: [(name: String, column: TextColumn)] = []
        var tags: [(name: String, column: TextColumn)] = []
        var metrics: [(name: String, column: NumberColumn)] = []
        var maxima: [String: NumberColumn] = [:]
        var status: TextColumn?
        var name: TextColumn?
        var user: TextColumn?
        var group: TextColumn?
        var parent: TextColumn?

        init(_ block: SearchBlock) {
            for (key, column) in block.columns {
                switch (key, column) {
                case (.param(let name), .texts(let texts)): params.append((name, texts))
                case (.tag(let name), .texts(let texts)): tags.append((name, texts))
                case (.metric(let name), .numbers(let numbers)): metrics.append((name, numbers))
                case (.maximum(let name), .numbers(let numbers)): maxima[name] = numbers
                case (.attribute(.status), .texts(let texts)): status = texts
                case (.attribute(.name), .texts(let texts)): name = texts
                case (.attribute(.user), .texts(let texts)): user = texts
                case (.attribute(.group), .texts(let texts)): group = texts
                case (.attribute(.parent), .texts(let texts)): parent = texts
                default: break
                }
            }
        }

        func run(_ row: Int, _ block: SearchBlock) -> Run {
            var run = Run(
                id: block.ids.ids[row].runID,
                projectID: block.projectID,
                name: name?.text(row) ?? "",
                status: status?.text(row).flatMap(RunStatus.init(rawValue:)) ?? .scheduled,
                userName: user?.text(row) ?? "",
                parentID: parent?.text(row).flatMap(RunID.init(hex:)),
                groupName: group?.text(row),
                startTime: 0,
                updatedAt: 0
            )
            for (name, column) in params { run.params[name] = column.text(row) }
            for (name, column) in tags { run.tags[name] = column.text(row) }
            for (name, column) in metrics where column.isPresent[row] {
                let greatest = maxima[name]
                run.metrics[name] = MetricSummary(
                    lastStep: 0,
                    lastTime: 0,
                    lastValue: column.values[row],
                    minimum: nil,
                    maximum: greatest?.isPresent[row] == true ? greatest?.values[row] : nil,
                    pointCount: 0,
                    notFiniteCount: 0
                )
            }
            return run
        }
    }
}

extension SearchKey {
    /// Metrics of which the greatest value is kept too.
    package static let maximumNames = Set(RoleDerivations.rateSeries)
}

extension RoleResolver {
    /// Whether the answer for a run may depend on this key of it.
    package func reads(_ key: SearchKey) -> Bool {
        switch key {
        case .attribute(let attribute):
            [.status, .name, .user, .group, .parent].contains(attribute)
        case .param(let name):
            Self.names.contains(name) || AliasSearch.mayBeNested(name) || isMapped(name)
        case .tag(let name): Self.names.contains(name) || isMapped(name)
        case .metric(let name): Self.names.contains(name) || isMapped(name)
        case .maximum(let name): SearchKey.maximumNames.contains(name)
        case .role: false
        }
    }

    /// What a project's formulas may name, as keys.
    package var mappedKeys: Set<SearchKey> {
        var keys: Set<SearchKey> = []
        for name in mappedNames {
            keys.formUnion(
                SearchKey.chain(for: name).filter { if case .role = $0 { false } else { true } }
            )
        }
        return keys
    }

    /// Names, of whatever kind, that are looked at for every project; dotted params come on top.
    package static var plainNames: Set<String> { names }

    private static let names: Set<String> = Set(RoleAliases.ranks.keys)
        .union(RoleDerivations.names).union(RoleDerivations.rateSeries)
        .union(["parameterConvention", ParameterConvention.tag])

    /// Whether a formula names it, plainly or by its kind.
    private func isMapped(_ name: String) -> Bool {
        mappedNames.contains(name)
            || ["params.", "tags.", "metrics."].contains { mappedNames.contains($0 + name) }
    }
}
