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
        let overviews = try await store.projects.list(includeDeleted: false)
        var projects: [ProjectMessage] = []
        for overview in overviews { projects.append(try await message(of: overview)) }
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
        let all = try await store.projects.list(includeDeleted: false)
        guard let overview = all.first(where: { $0.project.id == project.id }) else {
            return ProjectMessage(project: project, note: project.tags[MLflowTag.note])
        }
        return try await message(of: overview)
    }

    private func message(of overview: ProjectOverview) async throws -> ProjectMessage {
        let project = overview.project
        var laws: [ProjectLaw] = []
        for law in ServedLaw.allCases {
            guard
                let fit = try await store.fits.latest(projectID: project.id, law: law.rawValue),
                let finishedAt = fit.finishedAt
            else { continue }
            let id = fit.id.hex
            laws.append(ProjectLaw(law: law.rawValue, fitID: id, finishedAt: finishedAt))
        }
        return ProjectMessage(
            project: project,
            note: project.tags[MLflowTag.note],
            runCount: overview.runCount,
            runningCount: overview.runningCount,
            lastActivity: overview.lastActivity,
            bestLoss: try await bestLoss(of: project.id, runCount: overview.runCount),
            laws: laws
        )
    }

    /// Least finite loss of the finished runs; not looked for in projects too large to read for it.
    private func bestLoss(of project: ProjectID, runCount: Int) async throws -> Double? {
        guard (1...5_000).contains(runCount) else { return nil }
        let resolver = try await dependencies.lookup.resolver(project)
        return try await store.runs.all(projectID: project)
            .filter { $0.status == .finished }
            .compactMap { resolver.resolve($0).values[.loss] }
            .filter(\.isFinite)
            .min()
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
