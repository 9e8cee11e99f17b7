import API
import Foundation
import Hummingbird
import Runs
import Storage

/// Reports in Markdown. The server stores them as written; pages turn them into nodes, never into
/// markup.
struct ReportController: Sendable {
    let dependencies: AppDependencies
    private var documents: DocumentStore { dependencies.store.documents }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.createReport, use: create)
        router.on(Endpoints.listReports) { request, _ in
            let project = try await dependencies.lookup.project(
                QueryParameters(request).required("project")
            )
            let found = try await documents.list(
                projectID: project.id,
                .report,
                limit: Limits.documentCount
            )
            return ReportList(reports: found.map { ReportMessage($0, isListed: true) })
        }
        router.on(Endpoints.findReport) { _, context in
            ReportMessage(
                try await dependencies.lookup.document(context.decodedParameter("id"), .report)
            )
        }
        router.on(Endpoints.editReport, use: edit)
        router.on(Endpoints.deleteReport) { _, context in
            try await dependencies.lookup.delete(context.decodedParameter("id"), .report)
        }
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<ReportMessage> {
        let body = try await request.decode(as: NewReport.self, context: context)
        let project = try await dependencies.lookup.project(body.project)
        let document = DocumentStore.Document(
            projectID: project.id,
            kind: .report,
            title: body.title,
            body: try Self.checked(body.title, body.markdown),
            now: dependencies.now()
        )
        try await documents.create(document, limit: Limits.documentCount)
        return EditedResponse(status: .created, response: ReportMessage(document))
    }

    private func edit(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> ReportMessage {
        let id = try context.decodedParameter("id")
        let body = try await request.decode(as: ReportEdit.self, context: context)
        let known = try await dependencies.lookup.document(id, .report)
        let isKept = try await documents.replace(
            known.id,
            version: body.version,
            title: body.title,
            body: try Self.checked(body.title, body.markdown),
            now: dependencies.now()
        )
        guard isKept else {
            throw APIError(
                .conflict,
                "The report was changed by someone else: it has version \(known.version), and "
                    + "version \(body.version) was edited.",
                hint: "Read it again and put your change into the newer text.",
                field: "version"
            )
        }
        return ReportMessage(try await dependencies.lookup.document(id, .report))
    }

    private static func checked(_ title: String, _ markdown: String) throws -> Data {
        try DocumentRules.check(title: title)
        let body = Data(markdown.utf8)
        try DocumentRules.check(body: body, limit: Limits.reportBytes)
        return body
    }
}

extension ReportMessage {
    init(_ document: DocumentStore.Document, isListed: Bool = false) {
        self.init(
            id: document.id.hex,
            project: document.projectID,
            title: document.title,
            markdown: isListed ? nil : String(decoding: document.body, as: UTF8.self),
            version: document.version,
            createdAt: document.createdAt,
            updatedAt: document.updatedAt
        )
    }
}

extension ReportMessage: ResponseEncodable {}
extension ReportList: ResponseEncodable {}
