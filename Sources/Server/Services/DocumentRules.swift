import API
import Foundation
import Hummingbird
import Runs
import Storage

/// What is asked of documents before they are stored.
enum DocumentRules {
    static func check(title: String, field: String = "title") throws(ValidationError) {
        let isPrintable = title.unicodeScalars.allSatisfy { !$0.properties.isControl }
        guard (1...Limits.documentTitleCharacters).contains(title.count), isPrintable,
            title.contains(where: { !$0.isWhitespace })
        else {
            throw ValidationError(
                field: field,
                rule: "1 to \(Limits.documentTitleCharacters) printable characters",
                given: title
            )
        }
    }

    static func check(
        body: Data,
        limit: Int,
        field: String = "markdown"
    ) throws(ValidationError) {
        guard body.count <= limit, !body.contains(0) else {
            throw ValidationError(
                field: field,
                rule: "at most \(limit) bytes, none of them 0",
                given: "\(body.count) bytes"
            )
        }
    }
}

extension Lookup {
    func document(
        _ text: String,
        _ kind: DocumentStore.Kind
    ) async throws -> DocumentStore.Document {
        var found: DocumentStore.Document?
        if let id = UUID(hex: text) { found = try await store.documents.find(id, kind) }
        guard let found else {
            throw APIError(.notFound, "There is no \(kind.noun) \(text.prefix(80)).")
        }
        // Of a deleted project nothing is shown, and all of it again once it is restored.
        _ = try await project(found.projectID.hex)
        return found
    }

    func delete(_ text: String, _ kind: DocumentStore.Kind) async throws -> Response {
        let found = try await document(text, kind)
        _ = try await store.documents.delete(found.id, kind)
        return Response(status: .noContent)
    }
}

extension DocumentStore.Kind {
    fileprivate var noun: String {
        switch self {
        case .frozenFigure: "frozen figure"
        case .report: "report"
        case .view: "saved view"
        }
    }
}
