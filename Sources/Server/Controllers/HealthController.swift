import API
import Hummingbird

/// Liveness in two tastes: plain text for load balancers and MLflow clients, JSON for people.
struct HealthController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.get("/health") { _, _ in "OK" }
        router.get("/version") { _, _ in ProductVersion.text }
        router.on(Endpoints.health) { _, _ in await health() }
    }

    private func health() async -> Health {
        Health(status: "ok", version: ProductVersion.text, database: "ok")
    }
}

extension Health: ResponseEncodable {}
