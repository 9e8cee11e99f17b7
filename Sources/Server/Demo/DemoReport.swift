import API
import Foundation
import ScalingLaws

/// A report on the sample sweep, written once: what its fit says, with a figure kept as it was and
/// some that are drawn anew.
struct DemoReport: Sendable {
    let calls: DemoCalls
    let project: String
    let fit: StepLawFit
    let target: Target

    private struct Reports: Decodable {
        struct Report: Decodable {}
        var reports: [Report]
    }

    private struct Frozen: Decodable { var id: String }

    /// Leaves alone what somebody wrote since.
    func writeOnce() async throws {
        let known: Reports = try await answer("GET", "/api/v1/reports?project=\(project)")
        guard known.reports.isEmpty else { return }
        let frozen: Frozen = try await answer(
            "POST",
            "/api/v1/frozen-figures",
            NewFrozenFigure(
                project: project,
                title: "Loss over learning rate and batch, as first fitted",
                kind: LearningRateBatchSurface.kind,
                parameters: parameters
            )
        )
        let _: Reports.Report = try await answer(
            "POST",
            "/api/v1/reports",
            NewReport(
                project: project,
                title: "What the sample sweep says",
                markdown: try text(frozen.id)
            )
        )
    }

    private var parameters: [String: String] {
        [
            "parameters": "\(target.parameterCount.rounded())",
            "tokens": "\(target.tokenCount.rounded())",
        ]
    }

    private func text(_ frozen: String) throws -> String {
        let answer = try fit.recommend(target)
        let (rate, batch) = (answer.peakLearningRate, answer.batchTokens)
        let query = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: "&")
        return """
            ## What to set

            For N = \(FigureText.count(target.parameterCount)) and D =
            \(FigureText.count(target.tokenCount)) tokens: learning rate
            **\(FigureText.rate(rate.value))**
            (\(FigureText.interval(low: rate.low, high: rate.high, FigureText.rate))), batch
            **\(FigureText.count(batch.value)) tokens**
            (\(FigureText.interval(low: batch.low, high: batch.high, FigureText.count))), from
            \(fit.runCount) runs in \(fit.cells.count) cells.

            ![As it was when this was written](figure:\(frozen))

            ## How sure

            ![What the fit says of cells it has not seen](live:regret-by-cell?\(query))

            ![What one more run would teach](live:next-best-run?\(query))

            ## What published rules would cost

            ![Published rules on these runs](live:law-disagreement?\(query))
            """
    }

    private func answer<Value: Decodable>(
        _ method: String,
        _ address: String,
        _ body: (any Encodable)? = nil
    ) async throws -> Value {
        let data = try body.map { try WireJSON.encoder().encode($0) }
        let (reply, _) = try await calls.send(method, address, data)
        return try WireJSON.decoder().decode(Value.self, from: reply)
    }
}
