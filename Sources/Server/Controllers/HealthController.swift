import API
import Hummingbird
import Storage
import Runs

/// Liveness in two tastes: plain text for load balancers and MLflow clients, JSON for people.
struct HealthController: Sendable {
    let dependencies: AppDependencies

    func addRoutes(to router: Router<IsolossRequestContext>) {
        router.get("/health") { _, _ in "OK" }
        router.get("/version") { _, _ in ProductVersion.text }
        router.on(Endpoints.health) { _, _ in await health() }
    }

    private func health() async -> EditedResponse<Health> {
        var health = Health(status: "ok", version: ProductVersion.text, database: "ok")
        do {
            _ = try await dependencies.store.projects.find(experimentID: 0)
        } catch {
            health.status = "degraded"
            health.database = error.message
        }
        let isWell = health.status == "ok"
        return EditedResponse(status: isWell ? .ok : .serviceUnavailable, response: health)
    }
}

extension Health: ResponseEncodable {}
