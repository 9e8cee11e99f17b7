package import Hummingbird
import HTTPTypes
import Logging
import NIOCore
import Runs

/// Mounts MLflow's API: the list below is the list of what we answer.
///
/// Everything under `/api/2.0/mlflow` is also under `/ajax-api/2.0/mlflow`. Calls that we do not
/// serve answer NOT_IMPLEMENTED or ENDPOINT_NOT_FOUND in MLflow's shape.
package struct MLflowRoutes<Context: RequestContext>: Sendable {
    private typealias Handler = @Sendable (Request, Context) async throws(MLflowError) -> Response

    private let service: MLflowService
    private let files = FileIO()

    package init(_ service: MLflowService) { self.service = service }

    package func add(to router: some RouterMethods<Context>) {
        for prefix in ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"] {
            addExperiments(to: router, prefix)
            addRuns(to: router, prefix)
            addMetrics(to: router, prefix)
            addFallback(to: router, prefix)
        }
        for prefix in ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"] {
            addArtifacts(to: router, prefix)
        }
        for prefix in ["/api/3.0/mlflow", "/ajax-api/3.0/mlflow"] {
            query(router, "\(prefix)/server-info") { _ in MLflowServerInfo.answer }
            addFallback(to: router, prefix)
        }
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
        // Asked before a download, in case the path is a model's; we keep none.
        post(router, "\(prefix)/logged-models/search") { _ in MLflowWriter.empty }
    }

    // MARK: Artifacts

    private func addArtifacts(to router: some RouterMethods<Context>, _ prefix: String) {
        let path = prefix + "/artifacts"
        query(router, path, service.listArtifacts)
        on(router, .put, "\(path)/**") { request, context throws(MLflowError) in
            let path = try ArtifactPath(requestPath: request.uri.path, after: path + "/")
            return try await upload(request, to: path, context)
        }
        on(router, .get, "\(path)/**") { request, context throws(MLflowError) in
            let path = try ArtifactPath(requestPath: request.uri.path, after: path + "/")
            return try await download(path, context)
        }
        on(router, .delete, "\(path)/**") { request, _ throws(MLflowError) in
            try service.artifacts.delete(
                ArtifactPath(requestPath: request.uri.path, after: path + "/")
            )
            return Self.json(MLflowWriter.empty)
        }
    }

    private func upload(
        _ request: Request,
        to path: ArtifactPath,
        _ context: Context
    ) async throws(MLflowError) -> Response {
        guard !path.isFolderItself else { throw ArtifactPath.invalid }
        let incoming = try service.artifacts.makeIncomingPath()
        do {
            try await files.writeFile(contents: request.body, path: incoming, context: context)
            try service.artifacts.place(incoming, at: path)
        } catch let error as MLflowError {
            service.artifacts.discard(incoming)
            throw error
        } catch {
            service.artifacts.discard(incoming)
            context.logger.warning("artifact upload failed", metadata: ["error": "\(error)"])
            throw MLflowError(.internalError, "The artifact could not be written.")
        }
        return Self.json(MLflowWriter.empty)
    }

    private func download(
        _ path: ArtifactPath,
        _ context: Context
    ) async throws(MLflowError) -> Response {
        let file = try service.artifacts.file(at: path)
        do {
            return Response(
                status: .ok,
                headers: [
                    .contentType: "application/octet-stream",
                    .contentDisposition: "attachment",
                    .xContentTypeOptions: "nosniff",
                ],
                body: try await files.loadFile(path: file.path, context: context)
            )
        } catch {
            throw MLflowError(.resourceDoesNotExist, "No such artifact")
        }
    }

    // MARK: Kinds of route

    private func query(
        _ router: some RouterMethods<Context>,
        _ path: String,
        _ answer: @escaping @Sendable (MLflowFields) async throws(MLflowError) -> ByteBuffer
    ) {
        on(router, .get, path) { request, _ throws(MLflowError) in
            Self.json(try await answer(MLflowFields(query: request.uri.query)))
        }
    }

    private func post(
        _ router: some RouterMethods<Context>,
        _ path: String,
        _ answer: @escaping @Sendable (MLflowFields) async throws(MLflowError) -> ByteBuffer
    ) {
        raw(router, path) { body throws(MLflowError) in
            try await answer(MLflowFields(body: body))
        }
    }

    private func raw(
        _ router: some RouterMethods<Context>,
        _ path: String,
        _ answer: @escaping @Sendable ([UInt8]) async throws(MLflowError) -> ByteBuffer
    ) {
        on(router, .post, path) { request, _ throws(MLflowError) in
            let body: ByteBuffer
            do {
                body = try await request.body.collect(upTo: Limits.requestBodyBytes)
            } catch {
                throw .bodyTooLarge(limit: Limits.requestBodyBytes)
            }
            return Self.json(try await answer(Array(body.readableBytesView)))
        }
    }

    private func addFallback(to router: some RouterMethods<Context>, _ prefix: String) {
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            on(router, method, "\(prefix)/**") { request, _ throws(MLflowError) in
                throw MLflowError(
                    .notImplemented,
                    "\(request.method) \(request.uri.path.prefix(200)) is not served: Isoloss "
                        + "keeps experiments, runs, metrics and artifacts, and no more of MLflow."
                )
            }
        }
    }

    /// Every error leaves in MLflow's shape; ours are logged with their cause.
    private func on(
        _ router: some RouterMethods<Context>,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ handler: @escaping Handler
    ) {
        router.on(RouterPath(path), method: method) { request, context -> Response in
            do throws(MLflowError) {
                return try await handler(request, context)
            } catch {
                if error.code == .internalError {
                    context.logger.error("mlflow", metadata: ["error": "\(error.message)"])
                }
                return Self.failure(error)
            }
        }
    }

    private static func json(_ buffer: ByteBuffer) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: buffer)
        )
    }

    private static func failure(_ error: MLflowError) -> Response {
        var response = json(
            MLflowWriter.object {
                $0.field("error_code", error.code.rawValue)
                $0.field("message", error.message)
            }
        )
        response.status = error.code.status
        if error.code == .temporarilyUnavailable { response.headers[.retryAfter] = "1" }
        return response
    }
}
