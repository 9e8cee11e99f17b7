import API
import Foundation
import FoundationNetworking
import Runs
import ScalingLaws

/// Asks the running server for its pages and its answers, as a browser would.
struct DemoCheck: Sendable {
    let origin: String
    let project: String
    let fitID: String
    let target: Target
    let token: String?

    struct Failure: Error, CustomStringConvertible {
        var address: String
        var reason: String

        var description: String { "\(address) \(reason)" }
    }

    /// Returns how many addresses answered; throws at the first that does not.
    func run() async throws -> Int {
        let question =
            "project=\(project)&parameters=\(target.parameterCount)&tokens=\(target.tokenCount)"
        let pages = [
            "", "runs/", "run/", "compare/", "lr-batch/", "scaling/", "critical-batch/",
            "mixtures/", "recommend/", "forecasts/", "fits/", "fit/", "data-check/", "report/",
            "figure/", "settings/",
        ]
        var addresses = pages.map { ("/\($0)?\(question)", "text/html") }
        addresses.append(("/health", "text/plain"))
        let calls = [
            "health", "projects", "projects/\(project)", "projects/\(project)/roles",
            "runs?project=\(project)&limit=5", "metrics?project=\(project)", "laws",
            "fits/\(fitID)", "recommendations?\(question)", "figures",
            "data-checks?project=\(project)", "reports?project=\(project)",
            "figures/forecast-calibration?project=\(project)",
            "figures/waste-ledger?project=\(project)",
        ]
        // Figures of other laws need runs that the sample sweep does not have.
        let figures = figureCatalogue.filter { $0.laws == [StepLaw.card.id] }
            .map { "figures/\($0.kind)?\(question)" }
        addresses += (calls + figures).map { ("/api/v1/" + $0, "application/json") }
        for (address, type) in addresses { try await check(address, type: type) }
        return addresses.count
    }

    private func check(_ address: String, type: String) async throws {
        guard let url = URL(string: origin + address) else {
            throw Failure(address: address, reason: "is no address")
        }
        let configuration = URLSessionConfiguration.ephemeral
        // A proxy of the environment must not stand between us and ourselves.
        configuration.connectionProxyDictionary = [:]
        var request = URLRequest(url: url, timeoutInterval: 30)
        if let token {
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        let session = URLSession(configuration: configuration)
        defer { session.finishTasksAndInvalidate() }
        let (body, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse, response.statusCode == 200 else {
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            let text = String(decoding: body.prefix(500), as: UTF8.self)
            throw Failure(address: address, reason: "answered \(status): \(text)")
        }
        let given = response.value(forHTTPHeaderField: "Content-Type") ?? "nothing"
        guard given.hasPrefix(type), !body.isEmpty else {
            throw Failure(address: address, reason: "answered \(given), not \(type)")
        }
    }
}
