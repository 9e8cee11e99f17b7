/// The metrics that hold a run's loss over its steps, and its learning rate.
package struct CurveMetrics: Sendable, Hashable {
    package var loss: String
    /// nil when the run logged none.
    package var learningRate: String?

    /// nil when the role of the loss is not a metric that was logged more than once.
    package init?(of run: Run, _ resolver: RoleResolver) {
        let roles = resolver.resolve(run, isExplaining: false)
        guard let source = roles.sources[.loss]?.expression,
            let name = Self.metric(source, of: run),
            let summary = run.metrics[name], summary.pointCount > 1
        else { return nil }
        loss = name
        learningRate = RoleDerivations.rateSeries.first { name in
            run.metrics[name].map { $0.pointCount > 1 } ?? false
        }
    }

    /// The metric that a formula of nothing else names.
    private static func metric(_ source: String, of run: Run) -> String? {
        var text = source
        if text.count > 1, text.hasPrefix("\""), text.hasSuffix("\"") {
            text = String(text.dropFirst().dropLast())
        }
        if run.metrics[text] != nil { return text }
        guard text.hasPrefix("metrics.") else { return nil }
        let name = String(text.dropFirst("metrics.".count))
        return run.metrics[name] != nil ? name : nil
    }
}
