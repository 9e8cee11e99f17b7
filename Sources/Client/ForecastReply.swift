/// Answer of `GET /api/v1/forecasts`, as far as it is shown.
package struct ForecastReply: Sendable, Decodable {
    package var jobs: [Job]
    package var familyErrorRate: Double
    package var bestFinishedLossNats: Double?
    package var remainingSteps: Double
    package var savedSteps: Double
    package var statement: String
    package var lossNames: [String]
    package var finishedRuns: Int

    package struct Job: Sendable, Decodable {
        package var runID: String
        package var runName: String
        package var forecast: Forecast?
        package var refused: String?
        package var probabilityOfBest: Double?
        package var isStopAdvised: Bool
    }

    package struct Forecast: Sendable, Decodable {
        package var finalLoss: IntervalReply
        package var method: String
        package var baselines: [Baseline]
        package var stop: Stop?
        package var observedSteps: Double
        package var horizonSteps: Double
        package var observedShare: Double
        package var warnings: [String]
        package var refusals: [String]
    }

    package struct Stop: Sendable, Decodable {
        package var reason: String
    }

    package struct Baseline: Sendable, Decodable {
        package var title: String
        package var finalLossNats: Double?
    }
}
