import API
import Foundation
import Runs
import ScalingLaws

extension FigureController {
    /// A run's loss so far and where it will end.
    func forecast(_ query: QueryParameters, _ project: Project) async throws -> RunForecast {
        let run = try await dependencies.lookup.run(query.required("run"))
        guard run.projectID == project.id else {
            throw APIError(
                .notFound,
                "The run \(run.id.hex) is not one of the project \(project.name).",
                field: "run"
            )
        }
        let data = ForecastData(
            dependencies: dependencies,
            project: run.projectID,
            resolver: try await dependencies.lookup.resolver(run.projectID)
        )
        let curves = try await data.load([run])
        let sweep = ForecastSweep(
            runs: [run],
            curves: curves,
            peers: try await data.peers(),
            seed: 1
        )
        let answer = await dependencies.advice.run { sweep.answer() }
        let job = answer.plan.jobs.first
        guard let forecast = job?.forecast, let curve = curves.first else {
            throw APIError(
                .cannotFit,
                job?.refused ?? "The run has no loss curve. Wait for points.",
                field: "run"
            )
        }
        return RunForecast(
            runName: run.name,
            metric: curve.metric,
            curve: curve.curve,
            forecast: forecast
        )
    }
}
