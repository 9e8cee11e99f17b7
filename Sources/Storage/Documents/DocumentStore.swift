package import Foundation
import Postgres
package import Runs

/// What people keep of a project: frozen figures, reports and saved views.
package struct DocumentStore: Sendable {
    private let database: Database

    init(database: Database) { self.database = database }

    package enum Kind: String, Sendable {
        case frozenFigure, report, view
    }

    package struct Document: Sendable {
        package var id: UUID
        package var projectID: ProjectID
        package var kind: Kind
        package var title: String
        /// JSON that a list tells beside the title.
        package var facts: Data
        /// Empty in lists.
        package var body: Data
        /// 1 at first; rises with every change.
        package var version: Int64 = 1
        /// Microseconds since 1970.
        package var createdAt: Int64
        package var updatedAt: Int64

        package init(
            id: UUID = UUID(),
            projectID: ProjectID,
            kind: Kind,
            title: String,
            facts: Data = Data("{}".utf8),
            body: Data = Data(),
            now: Int64
        ) {
            self.id = id
            self.projectID = projectID
            self.kind = kind
            self.title = title
            self.facts = facts
            self.body = body
            createdAt = now
            updatedAt = now
        }
    }

    /// - Parameter limit: documents of one kind that a project may hold; more are a `conflict`.
    package func create(_ document: Document, limit: Int) async throws(StorageError) {
        let facts = String(decoding: document.facts, as: UTF8.self)
        let body = String(decoding: document.body, as: UTF8.self)
        let kind = document.kind.rawValue
        let project = document.projectID.uuid
        let made = try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                INSERT INTO document
                    (document_id, project_id, kind, title, facts, body, created_at, updated_at)
                SELECT \(document.id), \(project), \(kind), \(document.title), \(facts)::jsonb,
                    \(body), \(document.createdAt), \(document.updatedAt)
                WHERE (SELECT count(*) FROM document
                    WHERE project_id = \(project) AND kind = \(kind)) < \(limit)
                """
            )
        }
        guard made == 1 else {
            throw .conflict(
                constraint: "document_limit",
                message: "this project holds \(limit) of these, which is as many as it can; "
                    + "delete some first"
            )
        }
    }

    /// nil when there is none of that kind.
    package func find(_ id: UUID, _ kind: Kind) async throws(StorageError) -> Document? {
        try await documents(
            body: "body",
            "WHERE document_id = \(id) AND kind = \(kind.rawValue)"
        ).first
    }

    /// Newest first, without bodies.
    package func list(
        projectID: ProjectID,
        _ kind: Kind,
        limit: Int
    ) async throws(StorageError) -> [Document] {
        try await documents(
            body: "''",
            """
            WHERE project_id = \(projectID.uuid) AND kind = \(kind.rawValue)
            ORDER BY created_at DESC, document_id DESC LIMIT \(limit)
            """
        )
    }

    /// Keeps a new title and body; false when the document has another version or is gone.
    package func replace(
        _ id: UUID,
        version: Int64,
        title: String,
        body: Data,
        now: Int64
    ) async throws(StorageError) -> Bool {
        let text = String(decoding: body, as: UTF8.self)
        return try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                """
                UPDATE document SET title = \(title), body = \(text), version = version + 1,
                    updated_at = \(now)
                WHERE document_id = \(id) AND version = \(version)
                """
            ) == 1
        }
    }

    /// false when there was none.
    package func delete(_ id: UUID, _ kind: Kind) async throws(StorageError) -> Bool {
        try await database.session { (session) async throws(StorageError) in
            try await session.execute(
                "DELETE FROM document WHERE document_id = \(id) AND kind = \(kind.rawValue)"
            ) == 1
        }
    }

    private func documents(
        body: SQL,
        _ condition: SQL
    ) async throws(StorageError) -> [Document] {
        try await database.session { (session) async throws(StorageError) in
            try await session.rows(
                """
                SELECT document_id, project_id, kind, title, facts::text, \(body), version,
                    created_at, updated_at
                FROM document \(condition)
                """
            ) { (row) throws(PostgresError) in
                var document = Document(
                    id: try row.value(0),
                    projectID: ProjectID(try row.value(1)),
                    kind: Kind(rawValue: try row.value(2, as: String.self)) ?? .view,
                    title: try row.value(3),
                    facts: Data(try row.value(4, as: String.self).utf8),
                    body: Data(try row.value(5, as: String.self).utf8),
                    now: try row.value(7)
                )
                document.version = try row.value(6)
                document.updatedAt = try row.value(8)
                return document
            }
        }
    }
}
