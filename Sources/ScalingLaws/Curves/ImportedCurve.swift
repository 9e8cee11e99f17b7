package import Runs

extension ForecastRequest.Peer {
    /// A finished run read from a file.
    /// - Parameters:
    ///   - loss: the metric whose end is forecast.
    ///   - training: a denser metric beside it.
    ///   - rate: the learning rate, logged at the steps of `training` or of `loss`.
    ///   - settings: formulas over the run's params.
    /// - Returns: nil for a run without the metric.
    package init?(
        _ run: ImportedRun,
        loss: String = "val_loss",
        training: String? = "loss",
        rate: String = "lr",
        settings: [Role: Expression] = [:]
    ) {
        guard let points = run.series[loss], let last = points.steps.indices.last else {
            return nil
        }
        let rates = run.series[rate]
        func curve(_ points: PointColumns) -> LossCurve {
            LossCurve(
                steps: points.steps.map(Double.init),
                lossNats: points.values,
                learningRates: rates?.steps == points.steps ? rates?.values ?? [] : []
            )
        }
        let dense = training.flatMap { $0 == loss ? nil : run.series[$0] }
        self.init(
            runName: run.name,
            curve: curve(points),
            trainingCurve: dense.map(curve),
            horizonSteps: Double(max(points.steps[last], dense?.steps.last ?? 0)),
            finalLossNats: points.values[last],
            settings: settings.compactMapValues { formula in
                formula.evaluate { name in run.params[name].flatMap { NumberText.number($0) } }
            }
        )
    }
}
