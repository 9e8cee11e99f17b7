import Logging
import Metrics
import Postgres

/// Says once in the log, and counts, what the database took long to answer. Values of parameters
/// are not logged: they are the users' data.
struct SlowStatementLog: Sendable {
    private let logger: Logger
    private let count = Counter(label: "isoloss_sql_slow_statements_total")

    init(logger: Logger) { self.logger = logger }

    /// Runs within the task that asked, whose request's logger knows its id.
    func report(_ statement: SlowStatement) {
        count.increment()
        let asking = Logger.current
        var metadata: Logger.Metadata = [
            "milliseconds": "\(statement.nanoseconds / 1_000_000)",
            "statement": "\(statement.text.split { $0.isWhitespace }.joined(separator: " "))",
            "at": "\(statement.file):\(statement.line)",
        ]
        if let id = asking[metadataKey: LogKey.requestID] { metadata[LogKey.requestID] = id }
        logger.warning("slow statement", metadata: metadata)
    }
}

extension StatementWatch {
    /// The watch that the settings ask for; nil when they ask for none.
    init?(_ configuration: ServerConfiguration, _ log: SlowStatementLog) {
        guard configuration.slowQueryMilliseconds > 0 else { return nil }
        self.init(thresholdMilliseconds: configuration.slowQueryMilliseconds, report: log.report)
    }
}
