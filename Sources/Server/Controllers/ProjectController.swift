import API
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runs
import Storage

/// Projects and their roles.
struct ProjectController: Sendable {
    let dependencies: AppDependencies
    private var store: Store { dependencies.store }

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.listProjects) { _, _ in try await list() }
        router.on(Endpoints.createProject, use: create)
        router.on(Endpoints.findProject) { _, context in
            try await message(of: project(context))
        }
        router.on(Endpoints.findRoles) { _, context in try await roles(of: project(context)) }
        router.on(Endpoints.putRoles, use: putRoles)
    }

    private func project(_ context: IsolossRequestContext) async throws -> Project {
        try await dependencies.lookup.project(context.decodedParameter("project"))
    }

    private func list() async throws -> ProjectList {
        var projects = try await messages(of: store.projects.list())
        projects.sort { ($0.lastActivity ?? $0.createdAt) > ($1.lastActivity ?? $1.createdAt) }
        return ProjectList(projects: projects)
    }

    private func create(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> EditedResponse<ProjectMessage> {
        let body = try await request.decode(as: NewProject.self, context: context)
        try Lookup.checkName(body.name)
        let project = try await store.projects.create(
            name: body.name,
            tags: [:],
            now: dependencies.now()
        )
        return EditedResponse(status: .created, response: ProjectMessage(project: project))
    }

    private func message(of project: Project) async throws -> ProjectMessage {
        try await messages(of: [project]).first
            ?? ProjectMessage(project: project, note: project.tags[MLflowTag.note])
    }

    private func messages(of projects: [Project]) async throws -> [ProjectMessage] {
        let ids = projects.map(\.id)
        let mappings = try await store.projects.roleMappings(ids)
        let scopes = try ids.map { id throws(ExpressionError) in
            let resolver = try mappings[id].map { mapping throws(ExpressionError) in
                try RoleResolver(mapping: mapping)
            }
            return SearchScope(projectID: id, resolver: resolver ?? .automatic)
        }
        let overviews = try await store.search.overviews(scopes)
        let fits = Dictionary(grouping: try await store.fits.newest(ids), by: \.projectID)
        let now = dependencies.now()
        return projects.map { project in
            let overview = overviews[project.id]
            let laws = Self.inOrder(fits[project.id] ?? []).map {
                ProjectLaw(law: $0.law, fitID: $0.id.hex, finishedAt: $0.finishedAt)
            }
            return ProjectMessage(
                project: project,
                note: project.tags[MLflowTag.note],
                runCount: overview?.runCount ?? 0,
                runningCount: overview?.runningCount ?? 0,
                lastActivity: overview?.lastActivity,
                bestLoss: overview?.bestLoss,
                runsByDay: (overview ?? RunOverview()).lastDays(now: now),
                laws: laws
            )
        }
    }

    /// In the order in which laws are listed, those over mixtures after them.
    private static func inOrder(_ fits: [FitStore.Finished]) -> [FitStore.Finished] {
        let places = Dictionary(
            uniqueKeysWithValues: ServedLaw.all.enumerated().map { ($1.id, $0) }
        )
        return fits.sorted {
            (places[$0.law] ?? places.count, $0.law) < (places[$1.law] ?? places.count, $1.law)
        }
    }

    private func roles(of project: Project) async throws -> RolesMessage {
        RoleSummary.summarise(
            try await store.runs.all(projectID: project.id),
            resolver: try await dependencies.lookup.resolver(project.id)
        )
    }

    private func putRoles(
        _ request: Request,
        _ context: IsolossRequestContext
    ) async throws -> RolesMessage {
        let project = try await project(context)
        let mapping = try await request.decode(as: RoleMapping.self, context: context)
        try check(mapping)
        try await store.projects.setRoleMapping(project.id, mapping, now: dependencies.now())
        return try await roles(of: project)
    }

    private func check(_ mapping: RoleMapping) throws(APIError) {
        for (role, text) in mapping.expressions {
            do {
                _ = try Runs.Expression(parsing: text)
            } catch {
                throw APIError(
                    .invalid,
                    error.message,
                    field: "expressions.\(role.rawValue)"
                )
            }
        }
        if let convention = mapping.parameterConvention {
            try ImportController.check(convention: convention)
        }
    }
}

extension ProjectMessage: ResponseEncodable {}
extension ProjectList: ResponseEncodable {}
extension RolesMessage: ResponseEncodable {}

extension IsolossRequestContext {
    /// A parameter of the path, percent-decoded.
    func decodedParameter(_ name: String) throws(APIError) -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding else {
            throw APIError(
                .invalid,
                "The path's \(name) is not percent-encoded UTF-8.",
                field: name
            )
        }
        return text
    }
}
