import Runs

/// Compares values of one row that fix each other: tokens = steps × batch, batch = sequences ×
/// length.
struct PhysicalChecks {
    /// Rounding of steps and of nominal token counts stays below this.
    static let tolerance = 0.02

    private struct Mismatch {
        var rows = 0
        var worst = 0.0
        var line = 0
    }

    private var tokens = Mismatch()
    private var batch = Mismatch()

    mutating func note(_ known: [Role: Double], line: Int) {
        if let tokenCount = known[.tokenCount], let steps = known[.stepCount],
            let batchTokens = known[.batchTokens]
        {
            Self.compare(tokenCount, steps * batchTokens, line, &tokens)
        }
        if let batchTokens = known[.batchTokens], let sequences = known[.batchSequences],
            let length = known[.sequenceLength]
        {
            Self.compare(batchTokens, sequences * length, line, &batch)
        }
    }

    func notes() -> [String] {
        [
            Self.sentence(tokens, "tokenCount", "stepCount × batchTokens"),
            Self.sentence(batch, "batchTokens", "batchSequences × sequenceLength"),
        ].compactMap { $0 }
    }

    private static func compare(
        _ value: Double,
        _ product: Double,
        _ line: Int,
        _ into: inout Mismatch
    ) {
        let difference = (product / value - 1).magnitude
        guard difference > tolerance else { return }
        into.rows += 1
        if difference > into.worst { (into.worst, into.line) = (difference, line) }
    }

    private static func sentence(_ mismatch: Mismatch, _ value: String, _ product: String)
        -> String?
    {
        guard mismatch.rows > 0 else { return nil }
        let percent = (mismatch.worst * 1000).rounded() / 10
        return "In \(mismatch.rows) rows \(value) differs from \(product) by more than "
            + "\(Int(tolerance * 100)) %; the worst is \(NumberText.text(percent)) % on line "
            + "\(mismatch.line). Check the units."
    }
}
