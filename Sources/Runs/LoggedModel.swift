package import Foundation

/// Identifies a logged model.
package struct ModelID: Hashable, Sendable, Comparable {
    package let uuid: UUID

    package init(_ uuid: UUID) { self.uuid = uuid }

    /// 32 lowercase hexadecimal digits.
    package var hex: String { uuid.hex }

    package static func < (left: ModelID, right: ModelID) -> Bool { left.uuid < right.uuid }
}

/// A model, or a checkpoint of one, whose files a client keeps with us. Its files are artifacts;
/// this says what they are.
package struct LoggedModel: Sendable, Hashable {
    package enum Status: String, Sendable, CaseIterable { case pending, ready, failed }

    package var id: ModelID
    package var projectID: ProjectID
    /// The run that made it.
    package var runID: RunID?
    package var name: String
    /// Such as `pyfunc`; may be empty.
    package var modelType: String
    package var status: Status
    package var params: [String: String]
    package var tags: [String: String]
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var updatedAt: Int64
    package var deletedAt: Int64?

    package init(
        id: ModelID,
        projectID: ProjectID,
        runID: RunID?,
        name: String,
        modelType: String,
        status: Status,
        params: [String: String],
        tags: [String: String],
        createdAt: Int64,
        updatedAt: Int64,
        deletedAt: Int64? = nil
    ) {
        self.id = id
        self.projectID = projectID
        self.runID = runID
        self.name = name
        self.modelType = modelType
        self.status = status
        self.params = params
        self.tags = tags
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }
}
