/// What one line of a growing log says.
package struct LogLine: Sendable, Hashable {
    /// nil when the log has no steps.
    package var step: Int64?
    /// Microseconds since 1970; nil when the line does not say.
    package var time: Int64?
    package var metrics: [String: Double]

    package init(step: Int64?, time: Int64?, metrics: [String: Double]) {
        self.step = step
        self.time = time
        self.metrics = metrics
    }
}

/// Why a line says nothing.
package struct LogLineError: Error, Sendable, Hashable {
    package var message: String

    package init(_ message: String) { self.message = message }
}

/// What columns of a log mean, where their names do not say it.
package struct LogLineMapping: Sendable, Hashable {
    package var step: String?
    package var time: String?
    /// New names of metrics, by column.
    package var metrics: [String: String]

    /// Names under which programs log the step, the likeliest first.
    package static let stepNames = [
        "step", "global_step", "_step", "trainer/global_step", "iteration", "iter", "steps",
        "train_step", "current_steps", "update", "num_updates",
    ]
    package static let timeNames = [
        "timestamp", "_timestamp", "time", "wall_time", "ts", "datetime", "date", "created_at",
    ]

    /// Reads assignments `step=COLUMN`, `time=COLUMN` and `METRIC=COLUMN`.
    package init(_ assignments: [String] = []) throws(LogLineError) {
        metrics = [:]
        for text in assignments {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex,
                text.index(after: equals) < text.endIndex
            else {
                throw LogLineError("expected step=COLUMN, time=COLUMN or METRIC=COLUMN: \(text)")
            }
            let target = String(text[..<equals])
            let column = String(text[text.index(after: equals)...])
            switch target {
            case "step": step = column
            case "time": time = column
            default: metrics[column] = target
            }
        }
    }
}
