/// A statement that took long, as told to a `StatementWatch`.
package struct SlowStatement: Sendable, Hashable {
    /// The statement with `$1` in place of its values.
    package var text: String
    /// From sending it to having all of its answer.
    package var nanoseconds: Int64
    /// Where in the sources it stands.
    package var file: String
    package var line: UInt
}

/// Whom to tell of statements that take long. A statement in time costs two looks at the clock.
package struct StatementWatch: Sendable {
    package let thresholdNanoseconds: Int64
    /// Runs within the task that made the statement, before its result is used.
    package let report: @Sendable (SlowStatement) -> Void

    package init(
        thresholdMilliseconds: Int64,
        report: @escaping @Sendable (SlowStatement) -> Void
    ) {
        thresholdNanoseconds = thresholdMilliseconds * 1_000_000
        self.report = report
    }
}

/// Times one statement from its making to `end`.
struct StatementTimer {
    private let watch: StatementWatch?
    private let start: ContinuousClock.Instant?

    init(_ watch: StatementWatch?) {
        self.watch = watch
        start = watch == nil ? nil : .now
    }

    func end(_ text: @autoclosure () -> String, _ origin: Origin) {
        guard let watch, let start else { return }
        let elapsed = (ContinuousClock.now - start).components
        let nanoseconds = elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000
        guard nanoseconds >= watch.thresholdNanoseconds else { return }
        watch.report(
            SlowStatement(
                text: text(),
                nanoseconds: nanoseconds,
                file: origin.file,
                line: origin.line
            )
        )
    }
}
