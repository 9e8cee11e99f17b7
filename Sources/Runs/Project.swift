/// A named group of runs. MLflow calls it an experiment and sees `experimentID` as a digit string.
package struct Project: Sendable, Hashable {
    package var id: ProjectID
    /// 0 is the project `Default`, which always exists.
    package var experimentID: Int64
    package var name: String
    package var tags: [String: String]
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var updatedAt: Int64
    /// Set while the project is soft-deleted.
    package var deletedAt: Int64?
    /// Whether the project is being removed for good.
    package var isPurging = false

    package init(
        id: ProjectID,
        experimentID: Int64,
        name: String,
        tags: [String: String] = [:],
        createdAt: Int64,
        updatedAt: Int64,
        deletedAt: Int64? = nil
    ) {
        self.id = id
        self.experimentID = experimentID
        self.name = name
        self.tags = tags
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }
}
