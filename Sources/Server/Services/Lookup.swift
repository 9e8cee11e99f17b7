import API
import Foundation
import Runs
import Storage

/// Finding what an address or a body names, with the error a person can act on.
struct Lookup: Sendable {
    let store: Store

    /// A project that is not deleted, by id (32 hexadecimal digits) or by name.
    func project(_ text: String) async throws -> Project {
        try await project(text, isDeletedToo: false)
    }

    /// The same, whether or not the project is deleted.
    func projectOrDeleted(_ text: String) async throws -> Project {
        try await project(text, isDeletedToo: true)
    }

    private func project(_ text: String, isDeletedToo: Bool) async throws -> Project {
        var found: Project?
        if let uuid = UUID(hex: text) { found = try await store.projects.find(id: ProjectID(uuid)) }
        if found == nil { found = try await store.projects.find(name: text) }
        guard let project = found, isDeletedToo || project.deletedAt == nil else {
            throw APIError(
                .notFound,
                "There is no project \(text.prefix(80)).",
                hint: "GET /api/v1/projects lists them; an import or a run makes one.",
                field: "project"
            )
        }
        return project
    }

    /// The project of that name, made if it is new; a deleted one of the name is a conflict.
    func projectMakingIt(_ text: String, now: Int64) async throws -> Project {
        if let uuid = UUID(hex: text),
            let found = try await store.projects.find(id: ProjectID(uuid))
        {
            return found
        }
        if let found = try await store.projects.find(name: text), found.deletedAt == nil {
            return found
        }
        try Self.checkName(text)
        do {
            return try await store.projects.create(name: text, tags: [:], now: now)
        } catch StorageError.conflict(let constraint, let message) {
            // Another request made it in the meantime.
            if let found = try await store.projects.find(name: text), found.deletedAt == nil {
                return found
            }
            throw StorageError.conflict(constraint: constraint, message: message)
        }
    }

    static func checkName(_ name: String) throws(ValidationError) {
        let isPrintable = name.unicodeScalars.allSatisfy { !$0.properties.isControl }
        guard (1...Limits.projectNameCharacters).contains(name.count), isPrintable,
            name.contains(where: { !$0.isWhitespace })
        else {
            throw ValidationError(
                field: "name",
                rule: "1 to \(Limits.projectNameCharacters) printable characters",
                given: name
            )
        }
    }

    func run(_ text: String) async throws -> Run {
        guard let id = RunID(hex: text), let run = try await store.runs.find(id: id),
            run.deletedAt == nil
        else {
            throw APIError(.notFound, "There is no run \(text.prefix(80)).", field: "id")
        }
        return run
    }

    /// An id as it stands in an address or a body; `field` names it in the error.
    func runID(_ text: String, field: String) throws(APIError) -> RunID {
        guard let id = RunID(hex: text) else {
            throw APIError(
                .invalid,
                "A run id has 32 hexadecimal digits; this was \(text.prefix(80)).",
                field: field
            )
        }
        return id
    }

    func resolver(_ project: ProjectID) async throws -> RoleResolver {
        try RoleResolver(mapping: try await store.projects.roleMapping(project))
    }
}

extension Unicode.Scalar.Properties {
    var isControl: Bool { generalCategory == .control }
}
