import Runs

extension RunList {
    /// The answer's JSON: lists of runs are long, and `JSONEncoder` takes ten times as long.
    package func write(to writer: inout JSONWriter) {
        if let next {
            writer.raw(#"{"next":"#)
            writer.string(next)
            writer.raw(#","runs":["#)
        } else {
            writer.raw(#"{"runs":["#)
        }
        for (index, run) in runs.enumerated() {
            if index > 0 { writer.raw(",") }
            run.write(to: &writer)
        }
        writer.raw("]}")
    }
}

extension RunMessage {
    package func write(to writer: inout JSONWriter) {
        writer.raw("{")
        if let endTime { writer.member("endTime", endTime) }
        if let group { writer.member("group", group) }
        writer.member("heardAt", heardAt)
        writer.member("id", id.hex)
        if let lostAt { writer.member("lostAt", lostAt) }
        writer.members("metrics", metrics) { $0.write($1) }
        writer.member("name", name)
        if let note { writer.member("note", note) }
        writer.members("params", params) { $0.string($1) }
        if let parent { writer.member("parent", parent.hex) }
        writer.member("project", project.hex)
        let named = Dictionary(
            roles.map { ($0.key.rawValue, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        writer.members("roles", named) { $0.number($1) }
        writer.member("startTime", startTime)
        writer.member("state", state.rawValue)
        writer.member("status", status.rawValue)
        writer.members("tags", tags) { $0.string($1) }
        writer.raw(#""updatedAt":"#)
        writer.number(updatedAt)
        writer.raw("}")
    }
}

extension JSONWriter {
    // Members end in a comma: another always follows.

    fileprivate mutating func member(_ name: String, _ value: Int64) {
        key(name)
        number(value)
        raw(",")
    }

    fileprivate mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
        raw(",")
    }

    /// An object of values by name, in the order of the names.
    fileprivate mutating func members<Value>(
        _ name: String,
        _ values: [String: Value],
        _ write: (inout JSONWriter, Value) -> Void
    ) {
        key(name)
        raw("{")
        for (index, entry) in values.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { raw(",") }
            string(entry.key)
            raw(":")
            write(&self, entry.value)
        }
        raw("},")
    }

    fileprivate mutating func write(_ metric: MetricMessage) {
        raw("{")
        member("count", metric.count)
        key("last")
        number(metric.last)
        raw(",")
        member("lastStep", metric.lastStep)
        for (name, value) in [("max", metric.max), ("min", metric.min)] {
            guard let value else { continue }
            key(name)
            number(value)
            raw(",")
        }
        key("notFinite")
        number(metric.notFinite)
        raw("}")
    }

    private mutating func key(_ name: String) {
        raw("\"")
        raw(name)
        raw("\":")
    }
}
