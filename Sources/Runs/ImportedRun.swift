/// One run read from a file, ready to be stored.
package struct ImportedRun: Sendable {
    /// What makes this run the same run in a second import of the file: its name when a name column
    /// is mapped, else its mapped values, always with the import's label.
    package var identity: String
    package var name: String
    package var status: RunStatus
    /// Microseconds since 1970; nil when the file does not say.
    package var startTime: Int64?
    package var endTime: Int64?
    package var params: [String: String]
    package var tags: [String: String]
    package var series: [String: PointColumns]
    /// 1-based line of the file this run began on.
    package var line: Int

    package init(
        identity: String,
        name: String,
        status: RunStatus = .finished,
        startTime: Int64? = nil,
        endTime: Int64? = nil,
        params: [String: String] = [:],
        tags: [String: String] = [:],
        series: [String: PointColumns] = [:],
        line: Int
    ) {
        self.identity = identity
        self.name = name
        self.status = status
        self.startTime = startTime
        self.endTime = endTime
        self.params = params
        self.tags = tags
        self.series = series
        self.line = line
    }
}
