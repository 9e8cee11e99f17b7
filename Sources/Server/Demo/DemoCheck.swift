import API
import Foundation
import Runs
import ScalingLaws

/// Asks the running server for its pages and its answers, as a browser would.
struct DemoCheck: Sendable {
    let calls: DemoCalls
    let project: String
    let fitID: String
    let target: Target

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
        // Figures of other laws need runs that these sweeps do not have.
        let figures = figureCatalogue.filter { $0.laws == [StepLaw.card.id] }
            .map { "figures/\($0.kind)?\(question)" }
        let batches = figureCatalogue.filter { $0.laws == [CriticalBatch.card.id] }
            .map { "figures/\($0.kind)?project=\(DemoSession.batchProject)" }
        addresses += (calls + figures + batches).map { ("/api/v1/" + $0, "application/json") }
        for (address, type) in addresses { try await check(address, type: type) }
        return addresses.count
    }

    private func check(_ address: String, type: String) async throws {
        let (body, given) = try await calls.send("GET", address)
        guard given.hasPrefix(type), !body.isEmpty else {
            throw DemoCalls.Failure(address: address, reason: "answered \(given), not \(type)")
        }
    }
}
