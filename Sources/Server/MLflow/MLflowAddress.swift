import API
import HTTPTypes
import Hummingbird

/// Which addresses are MLflow's, so that every answer there has MLflow's shape.
enum MLflowAddress {
    private static let prefixes = [
        "/api/2.0/mlflow", "/ajax-api/2.0/mlflow", "/api/3.0/mlflow", "/ajax-api/3.0/mlflow",
    ]
    /// What MLflow serves beside its prefixes and we do not.
    static let refused = [
        "/graphql", "/v1/traces", "/gateway/**", "/model-versions/get-artifact",
        "/api/2.0/genai/**", "/api/3.1/mlflow/**",
    ]
    /// What we serve a part of: another call there does not exist.
    private static let served = ["experiments", "runs", "metrics", "artifacts", "server-info"]

    static func isOwner(of path: String) -> Bool {
        path == "/get-artifact" || path == "/graphql" || path == "/v1/traces"
            || prefixes.contains { path.hasPrefix($0) }
    }

    /// Clients try neither answer again, unlike other statuses from 500 on.
    static func refusal(of method: HTTPRequest.Method, _ path: String) -> MLflowError {
        let call = "\(method.rawValue) \(path.prefix(200))"
        let family = path.split(separator: "/").dropFirst(3).first ?? ""
        guard !served.contains(String(family)) else {
            return MLflowError(.endpointNotFound, "There is no call \(call).")
        }
        return MLflowError(
            .notImplemented,
            "\(call) is not served: Isoloss keeps experiments, runs, metrics, datasets, artifacts "
                + "and logged models, and no more of MLflow."
        )
    }

    /// An error that arose outside MLflow's routes, such as a missing token, in MLflow's shape; nil
    /// when the address is not MLflow's.
    static func answer(to error: APIError, _ request: Request) -> Response? {
        guard isOwner(of: request.uri.path) else { return nil }
        let code: MLflowError.Code
        switch error.code {
        case .unauthorized: code = .unauthenticated
        case .notFound:
            return MLflowAnswer.failure(refusal(of: request.method, request.uri.path))
        case .unavailable: code = .temporarilyUnavailable
        case .internal: code = .internalError
        case .conflict, .cannotFit, .invalid, .tooLarge: code = .invalidParameterValue
        }
        let hint = error.hint.map { " " + $0 } ?? ""
        var response = MLflowAnswer.failure(MLflowError(code, error.message + hint))
        if code == .unauthenticated {
            response.headers[.wwwAuthenticate] = "Basic realm=\"Isoloss\", charset=\"UTF-8\""
        }
        return response
    }
}
