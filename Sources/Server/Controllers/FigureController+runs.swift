import API
import Foundation
import Runs
import ScalingLaws
import Storage

extension FigureController {
    /// What the server gathers for a figure that rests on no fit.
    func source(
        _ subject: FigureSubject,
        _ query: QueryParameters,
        _ project: Project
    ) async throws -> (any FigureBody)? {
        switch subject {
        case .fit, .mixtures: nil
        case .forecast: try await forecast(query, project)
        case .runs: try await runs(query, project)
        case .pair: try await pair(query, project)
        case .replay: try await replay(project)
        case .groups: try await groups(query, project)
        }
    }

    private func runs(_ query: QueryParameters, _ project: Project) async throws -> ProjectRuns {
        let resolver = try await dependencies.lookup.resolver(project.id)
        return ProjectRuns(
            runs: try await dependencies.store.runs.all(projectID: project.id),
            viewer: dependencies.viewer(resolver),
            target: query.text("target")
        )
    }

    private func pair(_ query: QueryParameters, _ project: Project) async throws -> RunPair {
        let ids = query.list("runs")
        guard ids.count == 2, ids[0] != ids[1] else {
            throw APIError(
                .invalid,
                "The figure needs two runs; \(ids.count) were given.",
                hint: "For example runs=ID,ID: the loss of the first less that of the second.",
                field: "runs"
            )
        }
        var found: [Run] = []
        for id in ids {
            let run = try await dependencies.lookup.run(id)
            try Self.check(run, isOf: project, field: "runs")
            found.append(run)
        }
        let data = try await forecastData(project)
        let curves = try await data.load(found)
        guard curves.count == 2 else {
            throw APIError(.cannotFit, "One of the runs has no loss curve.", field: "runs")
        }
        return RunPair(curves[0].side, curves[1].side)
    }

    private func replay(_ project: Project) async throws -> FinishedRuns {
        FinishedRuns(try await forecastData(project).peers().compactMap(\.peer))
    }

    private func forecastData(_ project: Project) async throws -> ForecastData {
        ForecastData(
            dependencies: dependencies,
            project: project.id,
            resolver: try await dependencies.lookup.resolver(project.id)
        )
    }

    private static func check(
        _ run: Run,
        isOf project: Project,
        field: String
    ) throws(APIError) {
        guard run.projectID == project.id else {
            throw APIError(
                .notFound,
                "The run \(run.id.hex) is not one of the project \(project.name).",
                field: field
            )
        }
    }

    /// A run's loss so far and where it will end.
    private func forecast(_ query: QueryParameters, _ project: Project) async throws -> RunForecast
    {
        let run = try await dependencies.lookup.run(query.required("run"))
        try Self.check(run, isOf: project, field: "run")
        let data = try await forecastData(project)
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

extension LoadedCurve {
    /// As one side of a comparison: over tokens where the run says its batch.
    fileprivate var side: RunPair.Side {
        RunPair.Side(
            name: runName,
            metric: metric,
            steps: curve.steps,
            losses: curve.lossNats,
            batchTokens: settings[.batchTokens]
        )
    }
}
