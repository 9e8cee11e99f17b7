import API
import Hummingbird
import Runs
import Storage

/// What people write on a project, and the groups of its runs.
struct ProjectEditController: Sendable {
    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.patchProject) { request, context in
            let project = try await dependencies.lookup.project(
                context.decodedParameter("project")
            )
            let body = try await request.decode(as: ProjectPatch.self, context: context)
            return try await change(project, body)
        }
        router.on(Endpoints.listGroups) { _, context in
            let project = try await dependencies.lookup.project(
                context.decodedParameter("project")
            )
            let groups = try await store.runs.groups(of: project.id, limit: Limits.runPageCount)
            return GroupList(
                groups: groups.map {
                    GroupList.Group(
                        name: $0.name,
                        runs: $0.runCount,
                        running: $0.runningCount,
                        lastActivity: $0.lastActivity
                    )
                }
            )
        }
    }

    private func change(_ project: Project, _ body: ProjectPatch) async throws -> ProjectMessage {
        var tags = body.tags ?? [:]
        if let note = body.note { tags[MLflowTag.note] = .some(note.isEmpty ? nil : note) }
        try RunRules.check(
            tags.mapValues { $0 ?? "" },
            field: "tags",
            limit: Limits.tagValueCharacters
        )
        guard tags[Project.artifactLocationTag] == nil else {
            let text = "The tag \(Project.artifactLocationTag) belongs to the server."
            throw APIError(.invalid, text, field: "tags")
        }
        if let name = body.name { try Lookup.checkName(name) }
        let changed = try await store.projects.change(
            project.id,
            name: body.name,
            tags: tags,
            now: dependencies.now()
        )
        return ProjectMessage(project: changed, note: changed.tags[MLflowTag.note])
    }
}

extension GroupList: ResponseEncodable {}
