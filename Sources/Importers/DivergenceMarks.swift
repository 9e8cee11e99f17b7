import Runs

/// Finds the runs that blew up: a loss that is not finite, or above 1.5 times the least loss of the
/// runs with the same N and D.
struct DivergenceMarks {
    static let factor = 1.5

    private struct Cell: Hashable {
        var parameterCount: Double
        var tokenCount: Double
    }

    private var leastLoss: [Cell: Double] = [:]
    private var losses: [(run: Int, loss: Double, cell: Cell?)] = []

    mutating func note(_ known: [Role: Double], run: Int) {
        guard let loss = known[.loss] else { return }
        let parameters =
            known[.parameterCount] ?? known[.nonEmbeddingParameterCount]
            ?? known[.activeParameterCount]
        var cell: Cell?
        if let parameters, let tokens = known[.tokenCount] {
            cell = Cell(parameterCount: parameters, tokenCount: tokens)
        }
        losses.append((run, loss, cell))
        guard let cell, loss.isFinite else { return }
        leastLoss[cell] = min(leastLoss[cell] ?? loss, loss)
    }

    /// Indices of diverged runs, ascending.
    func divergedRuns() -> [Int] {
        losses.filter { entry in
            guard entry.loss.isFinite else { return true }
            guard let least = entry.cell.flatMap({ leastLoss[$0] }), least > 0 else { return false }
            return entry.loss > Self.factor * least
        }
        .map { $0.run }
    }
}
