import API
import Foundation
import Hummingbird
import Runs
import ScalingLaws

/// Where running jobs will end.
struct ForecastController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.on(Endpoints.forecasts) { request, _ in
            try await forecasts(QueryParameters(request))
        }
    }

    private func forecasts(_ query: QueryParameters) async throws -> Response {
        let names: Set = ["project", "run", "where", "seed"]
        if let odd = query.names.first(where: { !names.contains($0) }) {
            throw APIError(
                .invalid,
                "There is no parameter \(odd.prefix(80)); this call takes project, run, where and "
                    + "seed.",
                field: String(odd.prefix(80))
            )
        }
        let project = try await dependencies.lookup.project(query.required("project"))
        let seed = try query.integer("seed", in: 0...Int64.max) ?? 1
        let data = ForecastData(
            dependencies: dependencies,
            project: project.id,
            resolver: try await dependencies.lookup.resolver(project.id)
        )
        let asked = try await runs(query, data, project)
        let sweep = ForecastSweep(
            runs: asked,
            curves: try await data.load(asked),
            peers: try await data.peers(),
            seed: UInt64(seed)
        )
        let answer = await dependencies.advice.run { sweep.answer() }
        return try RecommendationController.response(answer)
    }

    /// The run named, else the runs that pass, else those that train.
    private func runs(
        _ query: QueryParameters,
        _ data: ForecastData,
        _ project: Project
    ) async throws -> [Run] {
        guard let id = query.text("run") else {
            let filter = try query.filter("where")
            let running = try QueryParameters.filter(parsing: "status = running", field: "where")
            return try await data.runs(filter ?? running, limit: Limits.forecastRunCount)
        }
        guard query.text("where") == nil else {
            throw APIError(.invalid, "run and where are one too many.", field: "where")
        }
        let run = try await dependencies.lookup.run(id)
        guard run.projectID == project.id else {
            throw APIError(
                .notFound,
                "The run \(run.id.hex) is not one of the project \(project.name).",
                field: "run"
            )
        }
        return [run]
    }
}
