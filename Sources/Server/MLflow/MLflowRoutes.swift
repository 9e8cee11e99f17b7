package import Hummingbird
import HTTPTypes
import NIOCore

/// Mounts MLflow's API: the list below is the list of what we answer.
///
/// Everything under `/api/2.0/mlflow` is also under `/ajax-api/2.0/mlflow`. Calls that we do not
/// serve answer NOT_IMPLEMENTED or ENDPOINT_NOT_FOUND in MLflow's shape.
package struct MLflowRoutes<Context: RequestContext>: Sendable {
    let service: MLflowService
    let bodies: BodyBudget
    let files = FileIO()

    package init(_ service: MLflowService, bodies: BodyBudget) {
        self.service = service
        self.bodies = bodies
    }

    package func add(to router: some RouterMethods<Context>) {
        for prefix in ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"] {
            addExperiments(to: router, prefix)
            addRuns(to: router, prefix)
            addMetrics(to: router, prefix)
            addModels(to: router, prefix + "/logged-models")
            addFallback(to: router, prefix)
        }
        for prefix in ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"] {
            addArtifacts(to: router, prefix)
        }
        for prefix in ["/api/3.0/mlflow", "/ajax-api/3.0/mlflow"] {
            query(router, "\(prefix)/server-info") { _ in MLflowServerInfo.answer }
            addFallback(to: router, prefix)
        }
        addPageArtifacts(to: router)
        for path in MLflowAddress.refused { addRefusal(to: router, path) }
    }

    private func addExperiments(to router: some RouterMethods<Context>, _ prefix: String) {
        let path = prefix + "/experiments"
        query(router, "\(path)/get", service.getExperiment)
        query(router, "\(path)/get-by-name", service.getExperimentByName)
        query(router, "\(path)/search", service.searchExperiments)
        post(router, "\(path)/search", service.searchExperiments)
        post(router, "\(path)/create", service.createExperiment)
        post(router, "\(path)/update", service.updateExperiment)
        post(router, "\(path)/delete", service.deleteExperiment)
        post(router, "\(path)/restore", service.restoreExperiment)
        post(router, "\(path)/set-experiment-tag", service.setExperimentTag)
        post(router, "\(path)/delete-experiment-tag", service.deleteExperimentTag)
    }

    private func addRuns(to router: some RouterMethods<Context>, _ prefix: String) {
        let path = prefix + "/runs"
        query(router, "\(path)/get", service.getRun)
        post(router, "\(path)/create", service.createRun)
        post(router, "\(path)/update", service.updateRun)
        post(router, "\(path)/search", service.searchRuns)
        post(router, "\(path)/delete", service.deleteRun)
        post(router, "\(path)/restore", service.restoreRun)
        post(router, "\(path)/log-inputs", service.logInputs)
        post(router, "\(path)/outputs", service.logOutputs)
        post(router, "\(path)/log-parameter", service.logParameter)
        post(router, "\(path)/set-tag", service.setTag)
        post(router, "\(path)/delete-tag", service.deleteTag)
    }

    private func addMetrics(to router: some RouterMethods<Context>, _ prefix: String) {
        raw(router, "\(prefix)/runs/log-batch", service.logBatch)
        raw(router, "\(prefix)/runs/log-metric", service.logMetric)
        query(router, "\(prefix)/metrics/get-history", service.metricHistory)
        query(router, "\(prefix)/metrics/get-history-bulk", service.bulkHistory)
        query(router, "\(prefix)/metrics/get-history-bulk-interval", service.sampledHistory)
        query(router, "\(prefix)/artifacts/list", service.listRunArtifacts)
    }

    private func addModels(to router: some RouterMethods<Context>, _ path: String) {
        post(router, path, service.createModel)
        post(router, "\(path)/search", service.searchModels)
        named(router, .get, "\(path)/{id}") { id, _, fields throws(MLflowError) in
            try await service.getModel(id, fields)
        }
        named(router, .patch, "\(path)/{id}") { id, _, fields throws(MLflowError) in
            try await service.finalizeModel(id, fields)
        }
        named(router, .delete, "\(path)/{id}") { id, _, _ throws(MLflowError) in
            try await service.deleteModel(id)
        }
        named(router, .post, "\(path)/{id}/params") { id, _, fields throws(MLflowError) in
            try await service.addModelParams(id, fields)
        }
        named(router, .patch, "\(path)/{id}/tags") { id, _, fields throws(MLflowError) in
            try await service.setModelTags(id, fields)
        }
        named(router, .delete, "\(path)/{id}/tags/{key}") { id, key, _ throws(MLflowError) in
            try await service.deleteModelTag(id, key: key)
        }
        named(router, .get, "\(path)/{id}/artifacts/directories") {
            id,
            _,
            fields throws(MLflowError) in
            try await service.listModelArtifacts(id, fields)
        }
        on(router, .get, "\(path)/{id}/artifacts/files") { request, context throws(MLflowError) in
            let fields = try MLflowFields(query: request.uri.query)
            let path = try await service.artifactPath(
                fields.requiredString("artifact_file_path"),
                ofModel: context.parameters.get("id") ?? ""
            )
            return try await download(path, request, context)
        }
    }

    // MARK: Refusals

    func addFallback(to router: some RouterMethods<Context>, _ prefix: String) {
        addRefusal(to: router, "\(prefix)/**")
    }

    private func addRefusal(to router: some RouterMethods<Context>, _ path: String) {
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete, .options] {
            on(router, method, path) { request, _ throws(MLflowError) in
                throw MLflowAddress.refusal(of: request.method, request.uri.path)
            }
        }
    }
}
