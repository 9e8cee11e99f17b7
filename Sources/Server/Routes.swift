import API
import HTTPTypes
package import Hummingbird

/// Registers every call the server answers.
package func addRoutes(to router: Router<IsolossRequestContext>, _ dependencies: AppDependencies) {
    MetricsController(dependencies: dependencies).addRoutes(to: router)
    HealthController(dependencies: dependencies).addRoutes(to: router)
    ProjectController(dependencies: dependencies).addRoutes(to: router)
    RunController(dependencies: dependencies).addRoutes(to: router)
    RunEditController(dependencies: dependencies).addRoutes(to: router)
    BulkController(dependencies: dependencies).addRoutes(to: router)
    TrashController(dependencies: dependencies).addRoutes(to: router)
    CompareController(dependencies: dependencies).addRoutes(to: router)
    RunExportController(dependencies: dependencies).addRoutes(to: router)
    ProjectEditController(dependencies: dependencies).addRoutes(to: router)
    PointController(dependencies: dependencies).addRoutes(to: router)
    SeriesController(dependencies: dependencies).addRoutes(to: router)
    StreamController(dependencies: dependencies).addRoutes(to: router)
    ImportController(dependencies: dependencies).addRoutes(to: router)
    ExportController(dependencies: dependencies).addRoutes(to: router)
    FitController(dependencies: dependencies).addRoutes(to: router)
    PredictionController(dependencies: dependencies).addRoutes(to: router)
    RecommendationController(dependencies: dependencies).addRoutes(to: router)
    NextRunController(dependencies: dependencies).addRoutes(to: router)
    ForecastController(dependencies: dependencies).addRoutes(to: router)
    TransferController(dependencies: dependencies).addRoutes(to: router)
    MixtureController(dependencies: dependencies).addRoutes(to: router)
    MixtureOptimumController(dependencies: dependencies).addRoutes(to: router)
    MixtureDesignController(dependencies: dependencies).addRoutes(to: router)
    MixturePresetController(dependencies: dependencies).addRoutes(to: router)
    MixtureContinuedController(dependencies: dependencies).addRoutes(to: router)
    OnlineMixtureController(dependencies: dependencies).addRoutes(to: router)
    FigureController(dependencies: dependencies).addRoutes(to: router)
    FrozenFigureController(dependencies: dependencies).addRoutes(to: router)
    ReportController(dependencies: dependencies).addRoutes(to: router)
    ViewController(dependencies: dependencies).addRoutes(to: router)
    DataCheckController(dependencies: dependencies).addRoutes(to: router)
    MLflowRoutes(
        MLflowService(
            store: dependencies.store,
            artifacts: dependencies.artifacts,
            now: dependencies.now
        ),
        bodies: dependencies.bodies
    ).add(to: router)
}

extension Router where Context == IsolossRequestContext {
    /// Answers a declared endpoint.
    func on<Answer: ResponseGenerator>(
        _ endpoint: Endpoint,
        use handler: @escaping @Sendable (Request, IsolossRequestContext) async throws -> Answer
    ) {
        on(RouterPath(endpoint.path), method: endpoint.httpMethod, use: handler)
    }
}

extension Endpoint {
    var httpMethod: HTTPRequest.Method {
        switch method {
        case .get: .get
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }
}
