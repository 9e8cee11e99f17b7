import Foundation
package import Runs

/// Runs at random, and a search over them that is slow and plain: the truth that the search by
/// columns is compared with.
package enum NaiveSearch {
    package static let filters = [
        "lr < 0.5", "loss >= 2 and lr > 0.1", "note = red or note = 'Blue'", "not (loss < 3)",
        "name ~ 'run-1'", "status = finished", "status != failed and width > 20", "loss = nan",
        "params.lr * 2 > metrics.loss", "tags.team = a", "both > 1", "both = text", "acc ~ '0.5'",
        "roles.loss < 3 and N >= 100M", "D > 1 or batchTokens > 5000", "user = alice",
        "missing = 1", "width = 32 and note != red", "id ~ 'a'", "group = g or parent ~ '1'",
        "loss / lr > 10", "1 < lr",
    ]
    package static let sorts = [
        "name", "status", "startTime", "endTime", "updatedAt", "lr", "loss", "note", "both",
        "roles.loss", "N", "metrics.acc", "params.note", "tags.team", "missing", "user", "width",
        "group",
        "parent",
    ]

    package static func run(
        in project: ProjectID,
        using generator: inout some RandomNumberGenerator
    ) -> Run {
        func maybe(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &generator) ?? "" }
        var run = Run(
            id: RunID(
                UUID(
                    timeOrdered: Int64.random(in: 0..<1 << 50, using: &generator),
                    random: (generator.next(), generator.next())
                )
            ),
            projectID: project,
            name: "run-\(Int.random(in: 0..<30, using: &generator))",
            status: RunStatus.allCases.randomElement(using: &generator) ?? .running,
            userName: pick(["", "alice", "bob"]),
            startTime: Samples.now + Int64.random(in: 0..<5, using: &generator) * 1_000_000,
            updatedAt: Samples.now
        )
        if maybe(0.5) { run.groupName = pick(["g", "h"]) }
        if maybe(0.5) { run.parentID = Samples.runID(UInt8.random(in: 0...255, using: &generator)) }
        if maybe(0.5) { run.endTime = run.startTime + 5 }
        if maybe(0.9) {
            run.params["lr"] = pick(["0.1", "1e-3", "0.75", "3", "nan", "None", "2e400"])
        }
        if maybe(0.7) {
            run.params["note"] = pick(["red", "Blue", "blue", "é", "e\u{301}", "5", ""])
        }
        if maybe(0.6) { run.params["width"] = String(Int.random(in: 16..<64, using: &generator)) }
        if maybe(0.4) { run.params["both"] = pick(["2", "text"]) }
        if maybe(0.4) { run.params["model.n_params"] = pick(["124M", "1000000000"]) }
        if maybe(0.4) { run.params["batch_tokens"] = pick(["4096", "65536"]) }
        if maybe(0.3) { run.params["max_steps"] = "1000" }
        if maybe(0.5) { run.tags["team"] = pick(["a", "b", "10", "9"]) }
        if maybe(0.3) { run.tags["both"] = "7" }
        for name in ["loss", "acc", "both", "lr"] where maybe(0.6) {
            run.metrics[name] = summary(
                [0.5, 1, 2.25, 4, -3, .nan, .infinity, -.infinity].randomElement(using: &generator)
                    ?? 0
            )
        }
        return run
    }

    private static func summary(_ value: Double) -> MetricSummary {
        MetricSummary(
            lastStep: 1,
            lastTime: Samples.now,
            lastValue: value,
            minimum: value.isFinite ? value : nil,
            maximum: value.isFinite ? value : nil,
            pointCount: 1,
            notFiniteCount: value.isFinite ? 0 : 1
        )
    }

    /// All runs that pass, in order.
    package static func ids(
        _ runs: [Run],
        filter: RunFilter?,
        sort: String,
        isAscending: Bool,
        resolver: RoleResolver = .automatic
    ) -> [RunID] {
        let keyed = runs.filter { filter?.matches($0, roles: resolver) ?? true }
            .map { (key: key($0, sort, resolver), id: $0.id) }
        return keyed.sorted { left, right in
            if left.key.rank != right.key.rank { return left.key.rank < right.key.rank }
            if left.key.number != right.key.number {
                return (left.key.number < right.key.number) == isAscending
            }
            if left.key.text != right.key.text {
                return (left.key.text < right.key.text) == isAscending
            }
            return left.id < right.id
        }
        .map(\.id)
    }

    private static func key(
        _ run: Run,
        _ sort: String,
        _ resolver: RoleResolver
    ) -> (rank: Int, number: Double, text: String) {
        switch sort {
        case "startTime": return (0, Double(run.startTime), "")
        case "updatedAt": return (0, Double(run.updatedAt), "")
        case "endTime": return run.endTime.map { (0, Double($0), "") } ?? (3, 0, "")
        case "name": return (1, 0, run.name)
        case "status": return (1, 0, run.status.rawValue)
        default: break
        }
        guard let field = run.field(sort, roleValue: { resolver.resolve(run).values[$0] }) else {
            return (3, 0, "")
        }
        guard let number = field.number else { return (1, 0, field.text) }
        return number.isNaN ? (2, 0, "") : (0, number, "")
    }

    /// The runs as a block with the columns of some keys, roles among them.
    package static func block(
        _ runs: [Run],
        _ keys: Set<SearchKey>,
        in project: ProjectID,
        resolver: RoleResolver = .automatic
    ) -> SearchBlock {
        var builder = SearchTableBuilder()
        for run in runs.sorted(by: { $0.id < $1.id }) {
            let row = builder.append(run.id)
            builder.set(.attribute(.name), row, run.name)
            builder.set(.attribute(.status), row, run.status.rawValue)
            builder.set(.attribute(.user), row, run.userName)
            builder.set(.attribute(.group), row, run.groupName)
            builder.set(.attribute(.parent), row, run.parentID?.hex)
            builder.set(.attribute(.start), row, Double(run.startTime))
            builder.set(.attribute(.end), row, run.endTime.map(Double.init))
            builder.set(.attribute(.updated), row, Double(run.updatedAt))
            for (name, value) in run.params { builder.set(.param(name), row, value) }
            for (name, value) in run.tags { builder.set(.tag(name), row, value) }
            for (name, metric) in run.metrics {
                builder.set(.metric(name), row, metric.lastValue)
                if SearchKey.maximumNames.contains(name) {
                    builder.set(.maximum(name), row, metric.maximum)
                }
            }
        }
        var block = builder.block(project)
        var narrow = block
        narrow.columns = block.columns.filter { resolver.reads($0.key) }
        for (role, column) in RoleColumns.columns(narrow, resolver) {
            block.columns[.role(role)] = .numbers(column)
        }
        block.columns = block.columns.filter { keys.contains($0.key) }
        return block
    }
}
