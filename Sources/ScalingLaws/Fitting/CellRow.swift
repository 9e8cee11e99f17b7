import Runs

/// What the grouping into cells reads of a run, looked up once: sorting asks for it many times.
struct CellRow: Sendable {
    let parameterCount: Double
    let tokenCount: Double
    let learningRate: Double
    let batchTokens: Double
    let loss: Double
    let id: RunID
    /// Index of the run among those that were asked about.
    let place: Int

    init(_ run: Observation, place: Int) {
        parameterCount = run.parameterCount
        tokenCount = run.tokenCount
        learningRate = run.peakLearningRate
        batchTokens = run.batchTokens
        loss = run.lossNats
        id = run.runID
        self.place = place
    }

    /// A total order that also sorts NaN, so that any order of the request gives the same fit.
    static func precedes(_ left: CellRow, _ right: CellRow) -> Bool {
        order(left.parameterCount, right.parameterCount)
            ?? order(left.tokenCount, right.tokenCount)
            ?? order(left.learningRate, right.learningRate)
            ?? order(left.batchTokens, right.batchTokens)
            ?? order(left.loss, right.loss)
            ?? (left.id < right.id)
    }

    /// nil for equal values.
    private static func order(_ a: Double, _ b: Double) -> Bool? {
        if a < b { return true }
        if a > b { return false }
        if a == b || a.bitPattern == b.bitPattern { return nil }
        return a.isTotallyOrdered(belowOrEqualTo: b)
    }

    /// Rows of runs in that order.
    static func sorted(_ observations: [Observation]) -> [CellRow] {
        observations.enumerated().map { CellRow($1, place: $0) }.sorted(by: precedes)
    }
}
