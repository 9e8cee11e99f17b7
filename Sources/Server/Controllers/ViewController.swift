import API
import Foundation
import Hummingbird
import Runs
import Storage

/// Views of pages under a name: the query of an address, which holds all that a page shows.
struct ViewController: Sendable {
    let dependencies: AppDependencies
    private var documents: DocumentStore { dependencies.store.documents }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.saveView, use: save)
        router.on(Endpoints.listViews) { request, _ in try await list(QueryParameters(request)) }
        router.on(Endpoints.deleteView) { _, context in
            try await dependencies.lookup.delete(context.decodedParameter("id"), .view)
        }
    }

    private struct Facts: Codable {
        var page: String
        var query: String
    }

    private func save(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<ViewMessage> {
        let body = try await request.decode(as: NewView.self, context: context)
        let project = try await dependencies.lookup.project(body.project)
        try DocumentRules.check(title: body.name, field: "name")
        let isPage = body.page.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "-") }
        guard isPage, (1...40).contains(body.page.count) else {
            throw ValidationError(
                field: "page",
                rule: "the folder of a page, such as runs",
                given: body.page
            )
        }
        try DocumentRules.check(
            body: Data(body.query.utf8),
            limit: Limits.viewQueryBytes,
            field: "query"
        )
        let facts = Facts(page: body.page, query: body.query)
        let document = DocumentStore.Document(
            projectID: project.id,
            kind: .view,
            title: body.name,
            facts: try WireJSON.encoder().encode(facts),
            now: dependencies.now()
        )
        try await documents.create(document, limit: Limits.documentCount)
        return EditedResponse(status: .created, response: Self.message(document, facts))
    }

    private func list(_ query: QueryParameters) async throws -> ViewList {
        let project = try await dependencies.lookup.project(query.required("project"))
        let page = query.text("page")
        let found = try await documents.list(
            projectID: project.id,
            .view,
            limit: Limits.documentCount
        )
        let views = try found.map {
            Self.message($0, try WireJSON.decoder().decode(Facts.self, from: $0.facts))
        }
        return ViewList(views: views.filter { page == nil || $0.page == page })
    }

    private static func message(_ document: DocumentStore.Document, _ facts: Facts) -> ViewMessage {
        ViewMessage(
            id: document.id.hex,
            project: document.projectID,
            page: facts.page,
            name: document.title,
            query: facts.query,
            createdAt: document.createdAt
        )
    }
}

extension ViewMessage: ResponseEncodable {}
extension ViewList: ResponseEncodable {}
