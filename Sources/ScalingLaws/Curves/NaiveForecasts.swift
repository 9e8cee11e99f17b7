import Foundation

/// What anybody would say without a model; every forecast is shown beside these.
enum NaiveForecasts {
    static func all(_ problem: ForecastProblem) -> [Forecast.Baseline] {
        [
            .init(
                id: "last-value",
                title: "The loss stays as it is",
                finalLossNats: exp(problem.now)
            ),
            .init(
                id: "last-three-points",
                title: "A line through the last three points in ln loss and ln step",
                finalLossNats: lastThreePoints(problem)
            ),
            .init(
                id: "peers-median-ratio",
                title: "The median ratio of the finished runs from here to their end",
                finalLossNats: medianRatio(problem)
            ),
        ]
    }

    private static func lastThreePoints(_ problem: ForecastProblem) -> Double? {
        let points = zip(problem.curve.steps, problem.curve.losses)
            .filter { $0.0 > 0 }.suffix(3).map { (x: log($0.0), y: log($0.1)) }
        guard points.count >= 2 else { return nil }
        let count = Double(points.count)
        let x = points.reduce(0) { $0 + $1.x } / count
        let y = points.reduce(0) { $0 + $1.y } / count
        let xx = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        let xy = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
        guard xx > 0 else { return nil }
        let loss = exp(y + xy / xx * (log(problem.horizon) - x))
        return loss.isFinite ? loss : nil
    }

    private static func medianRatio(_ problem: ForecastProblem) -> Double? {
        Quantiles.middle(problem.peers.map { $0.logFinal - $0.now }).map { exp(problem.now + $0) }
    }
}
