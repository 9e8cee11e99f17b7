import Foundation
import Runs

/// One run of a log in JSON.
struct JSONRun {
    struct Fault: Error, Hashable {
        var field: String
        var reason: String
    }

    let value: JSONValue
    let options: ImportOptions

    func draft() throws(Fault) -> RunAssembler.Draft {
        guard let members = value.object else {
            throw Fault(field: "", reason: "the line must be one JSON object")
        }
        guard members["params"] != nil || members["metrics"] != nil else {
            throw Fault(field: "metrics", reason: "the run has neither params nor metrics")
        }
        let startTime = try time("startTime", members)
        let fallback = startTime ?? options.importTime
        let params = try texts("params", members, limit: Limits.paramValueCharacters)
        let name = members["name"]?.plainText
        var draft = RunAssembler.Draft(
            name: options.nameColumn.flatMap { params[$0] } ?? name,
            startTime: startTime,
            endTime: try time("endTime", members),
            params: params,
            tags: try texts("tags", members, limit: Limits.tagValueCharacters),
            series: try series(members["metrics"], fallbackTime: fallback),
            identity: ""
        )
        if let text = members["status"]?.plainText {
            guard let status = RunStatus(rawValue: text.lowercased()) else {
                let known = RunStatus.allCases.map { $0.rawValue }.joined(separator: ", ")
                throw Fault(field: "status", reason: "\(text.prefix(40)) is none of \(known)")
            }
            draft.status = status
        }
        draft.identity = identity(of: draft)
        draft.found = Self.roles(of: draft)
        return draft
    }

    /// What a name of a formula stands for: a param, else the last value of a metric.
    func field(_ draft: RunAssembler.Draft) -> (String) -> FieldValue? {
        { name in
            if let text = draft.params[name] ?? draft.tags[name] { return FieldValue(text: text) }
            if let series = draft.series[name], let last = Self.last(of: series) {
                return FieldValue(number: last)
            }
            switch name {
            case "name": return draft.name.map(FieldValue.init(text:))
            case "status": return FieldValue(text: draft.status.rawValue)
            default: return nil
            }
        }
    }

    /// What the run says by well-known names, as the server will read it later.
    private static func roles(of draft: RunAssembler.Draft) -> [Role: Double] {
        let nobody = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        let metrics = draft.series.compactMapValues { series in
            last(of: series).map { value in
                MetricSummary(
                    lastStep: series.steps.max() ?? 0,
                    lastTime: 0,
                    lastValue: value,
                    minimum: nil,
                    maximum: nil,
                    pointCount: Int64(series.count),
                    notFiniteCount: 0
                )
            }
        }
        let run = Run(
            id: RunID(nobody),
            projectID: ProjectID(nobody),
            name: draft.name ?? "",
            status: draft.status,
            startTime: 0,
            updatedAt: 0,
            params: draft.params,
            tags: draft.tags,
            metrics: metrics
        )
        return RoleResolver.automatic.resolve(run, isExplaining: false).values
    }

    /// Runs of one name that began at different times are different runs.
    private func identity(of draft: RunAssembler.Draft) -> String {
        if let name = draft.name {
            return draft.startTime.map { "\(name)\u{1F}\($0)" } ?? name
        }
        let params = draft.params.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return params.joined(separator: "\u{1F}") + (draft.startTime.map { "\u{1F}\($0)" } ?? "")
    }

    private func time(_ name: String, _ members: [String: JSONValue]) throws(Fault) -> Int64? {
        guard let value = members[name] else { return nil }
        if case .null = value { return nil }
        guard let number = value.number, let time = Self.integer(number) else {
            throw Fault(field: name, reason: "must be whole microseconds since 1970")
        }
        return time
    }

    /// Params or tags as text; nested objects become dotted names.
    private func texts(
        _ field: String,
        _ members: [String: JSONValue],
        limit: Int
    ) throws(Fault) -> [String: String] {
        guard let value = members[field] else { return [:] }
        guard let object = value.object else {
            throw Fault(field: field, reason: "must be an object of names and values")
        }
        var texts: [String: String] = [:]
        try flatten(object, prefix: "", field: field, limit: limit, into: &texts)
        guard texts.count <= Limits.importColumnCount else {
            throw Fault(field: field, reason: "has more than \(Limits.importColumnCount) names")
        }
        return texts
    }

    private func flatten(
        _ object: [String: JSONValue],
        prefix: String,
        field: String,
        limit: Int,
        into texts: inout [String: String]
    ) throws(Fault) {
        for (key, value) in object {
            let name = prefix + key
            if let inner = value.object {
                try flatten(inner, prefix: name + ".", field: field, limit: limit, into: &texts)
                continue
            }
            guard !name.isEmpty, name.count <= Limits.keyCharacters else {
                throw Fault(
                    field: field,
                    reason: "names must have 1 to \(Limits.keyCharacters) characters"
                )
            }
            guard let text = value.plainText, !text.isEmpty else { continue }
            guard text.count <= limit else {
                throw Fault(field: name, reason: "the value has more than \(limit) characters")
            }
            texts[name] = text
        }
    }

    private func series(
        _ value: JSONValue?,
        fallbackTime: Int64
    ) throws(Fault) -> [String: PointColumns] {
        guard let value else { return [:] }
        guard let object = value.object else {
            throw Fault(field: "metrics", reason: "must be an object of names and series")
        }
        var series: [String: PointColumns] = [:]
        for (name, value) in object {
            guard !name.isEmpty, name.count <= Limits.keyCharacters else {
                throw Fault(
                    field: "metrics",
                    reason: "names must have 1 to \(Limits.keyCharacters) characters"
                )
            }
            let points = try points(name, value, fallbackTime: fallbackTime)
            if !points.isEmpty { series[name] = points }
        }
        return series
    }

    private func points(
        _ name: String,
        _ value: JSONValue,
        fallbackTime: Int64
    ) throws(Fault) -> PointColumns {
        if let number = value.number {
            return PointColumns(steps: [0], times: [fallbackTime], values: [number])
        }
        if let rows = value.object?["points"] { return try rowsOfPoints(name, rows) }
        guard let members = value.object, let values = members["values"]?.numbers else {
            throw Fault(field: name, reason: "a metric needs values: an array of numbers")
        }
        let steps: [Int64]
        if let given = members["steps"] {
            steps = try integers(given, name: "\(name).steps", count: values.count)
        } else {
            steps = values.indices.map(Int64.init)
        }
        let times = try times(
            members["times"],
            name: "\(name).times",
            count: values.count,
            fallback: fallbackTime
        )
        return PointColumns(steps: steps, times: times, values: values)
    }

    /// `[[step, time, value], …]`, as long series are exported.
    private func rowsOfPoints(
        _ name: String,
        _ value: JSONValue
    ) throws(Fault) -> PointColumns {
        guard case .array(let rows) = value else {
            throw Fault(field: name, reason: "points must be an array of [step, time, value]")
        }
        var points = PointColumns()
        for row in rows {
            guard let numbers = row.numbers, numbers.count == 3,
                let step = Self.integer(numbers[0]), let time = Self.integer(numbers[1])
            else {
                throw Fault(field: name, reason: "a point must be [step, time, value]")
            }
            points.append(step: step, time: time, value: numbers[2])
        }
        return points
    }

    private func times(
        _ value: JSONValue?,
        name: String,
        count: Int,
        fallback: Int64
    ) throws(Fault) -> [Int64] {
        guard let value else { return [Int64](repeating: fallback, count: count) }
        if case .null = value { return [Int64](repeating: fallback, count: count) }
        guard let members = value.object else {
            return try integers(value, name: name, count: count)
        }
        let start = members["start"]?.number ?? Double(fallback)
        let interval = members["interval"]?.number ?? 0
        var times: [Int64] = []
        times.reserveCapacity(count)
        for index in 0..<count {
            guard let time = Self.integer((start + interval * Double(index)).rounded()) else {
                throw Fault(field: name, reason: "start and interval must be microseconds")
            }
            times.append(time)
        }
        return times
    }

    private func integers(_ value: JSONValue, name: String, count: Int) throws(Fault) -> [Int64] {
        guard let numbers = value.numbers, numbers.count == count else {
            throw Fault(field: name, reason: "must be an array of \(count) whole numbers")
        }
        var integers: [Int64] = []
        integers.reserveCapacity(count)
        for number in numbers {
            guard let integer = Self.integer(number) else {
                throw Fault(
                    field: name,
                    reason: "\(NumberText.text(number)) is not a whole number"
                )
            }
            integers.append(integer)
        }
        return integers
    }

    /// Exact only up to 2^53, which is where a JSON number stops being a whole number in Python
    /// too.
    private static func integer(_ number: Double) -> Int64? {
        guard number.magnitude <= 9_007_199_254_740_992, number == number.rounded() else {
            return nil
        }
        return Int64(number)
    }

    /// The value at the greatest step; the later point of equal steps.
    private static func last(of series: PointColumns) -> Double? {
        series.steps.indices.max {
            series.steps[$0] < series.steps[$1] || (series.steps[$0] == series.steps[$1] && $0 < $1)
        }
        .map { series.values[$0] }
    }
}
