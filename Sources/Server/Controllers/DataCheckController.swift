import API
import Hummingbird
import Runs
import Storage

/// What is wrong or odd in the runs of a project.
struct DataCheckController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.dataChecks) { request, _ in
            try await check(QueryParameters(request))
        }
    }

    private func check(_ query: QueryParameters) async throws -> DataCheckMessage {
        let project = try await dependencies.lookup.project(query.required("project"))
        let runs = try await dependencies.store.runs.all(projectID: project.id)
        let viewer = dependencies.viewer(try await dependencies.lookup.resolver(project.id))
        return await dependencies.advice.run { DataCheck(runs, viewer: viewer).message() }
    }
}

extension DataCheckMessage: ResponseEncodable {}
