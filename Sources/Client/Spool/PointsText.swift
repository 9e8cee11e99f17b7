/// One logged line: values of several metrics at one step and time.
package struct LoggedLine: Sendable, Hashable {
    package var step: Int64
    /// Microseconds since 1970.
    package var time: Int64
    package var metrics: [String: Double]

    package init(step: Int64, time: Int64, metrics: [String: Double]) {
        self.step = step
        self.time = time
        self.metrics = metrics
    }
}

/// Writes lines as entries of `POST /api/v1/points`, without the run, which may not be known yet.
package enum PointsText {
    package struct Entry: Sendable, Hashable {
        package var pointCount: Int
        package var body: [UInt8]
    }

    /// One entry for each set of names that lines have in common, so that no cell is empty.
    package static func entries(_ lines: [LoggedLine]) -> [Entry] {
        var groups: [[String]: [LoggedLine]] = [:]
        var order: [[String]] = []
        for line in lines where !line.metrics.isEmpty {
            let names = line.metrics.keys.sorted()
            if groups[names] == nil { order.append(names) }
            groups[names, default: []].append(line)
        }
        return order.map { entry($0, groups[$0] ?? []) }
    }

    private static func entry(_ names: [String], _ lines: [LoggedLine]) -> Entry {
        let columns = names.map { name in
            let values = lines.map { number($0.metrics[name] ?? .nan) }
            return quoted(name) + ":[" + values.joined(separator: ",") + "]"
        }
        let steps = lines.map { "\($0.step)" }.joined(separator: ",")
        let times = lines.map { "\($0.time)" }.joined(separator: ",")
        let text =
            "{\"steps\":[\(steps)],\"times\":[\(times)],\"metrics\":{"
            + columns.joined(separator: ",") + "}}"
        return Entry(pointCount: names.count * lines.count, body: Array(text.utf8))
    }

    /// The shortest text that reads back to the same number.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "\"NaN\"" }
        if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
        return "\(value)"
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
