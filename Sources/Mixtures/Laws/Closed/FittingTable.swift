import Foundation

/// The runs as closed laws read them: shares row by row, and losses standardised to mean 0 and
/// deviation 1, so that thresholds and ridges mean the same for every target.
struct FittingTable: Sendable {
    /// ln(r + ε) is taken here: a share of zero is far away, not at minus infinity.
    static let offset = 1e-4

    let count: Int
    let dimension: Int
    /// Row-major, count × dimension.
    let shares: [Double]
    /// ln(r + ε), row-major.
    let logarithms: [Double]
    /// Standardised.
    let losses: [Double]
    /// Mean 1.
    let weights: [Double]
    /// Unit of the target.
    let mean: Double
    /// Unit of the target, positive.
    let deviation: Double

    init(_ data: MixtureData, law: String, minimum: Int) throws(MixtureError) {
        guard data.runs.count >= minimum else {
            throw .tooFewRuns(law: law, needed: minimum, found: data.runs.count)
        }
        try Self.check(data)
        count = data.runs.count
        dimension = data.dimension
        shares = data.runs.flatMap(\.proportions)
        logarithms = shares.map { log($0 + Self.offset) }
        let total = data.runs.reduce(0) { $0 + $1.weight }
        weights = data.runs.map { $0.weight * Double(data.runs.count) / total }
        let runs = Double(count)
        var centre = 0.0
        for (run, weight) in zip(data.runs, weights) { centre += weight * (run.loss / runs) }
        var square = 0.0
        for (run, weight) in zip(data.runs, weights) {
            square += weight * (run.loss - centre) * (run.loss - centre) / runs
        }
        let spread = square.squareRoot()
        guard spread.isFinite, spread > 1e-12 * abs(centre), spread > 1e-150 else {
            throw .noSpread(target: "The target", value: data.runs[0].loss)
        }
        (mean, deviation) = (centre, spread)
        losses = data.runs.map { ($0.loss - centre) / spread }
    }

    /// Other runs on the scale of `table`.
    init(_ data: MixtureData, like table: FittingTable) {
        count = data.runs.count
        dimension = data.dimension
        shares = data.runs.flatMap(\.proportions)
        logarithms = shares.map { log($0 + Self.offset) }
        weights = data.runs.map(\.weight)
        (mean, deviation) = (table.mean, table.deviation)
        losses = data.runs.map { ($0.loss - table.mean) / table.deviation }
    }

    private static func check(_ data: MixtureData) throws(MixtureError) {
        for run in data.runs {
            guard run.proportions.count == data.dimension, data.dimension > 0 else {
                throw .invalid(
                    field: "runs",
                    reason: "\(run.name) has \(run.proportions.count) proportions; expected one for"
                        + " each of the \(data.dimension) domains."
                )
            }
            guard run.proportions.allSatisfy({ $0 >= 0 && $0 <= 1.5 }) else {
                throw .invalid(
                    field: "runs",
                    reason: "\(run.name) has a proportion outside 0 … 1. Proportions are shares of"
                        + " tokens that sum to 1."
                )
            }
            guard abs(run.loss) < 1e150, run.weight > 0, run.weight < 1e150 else {
                throw .invalid(
                    field: "runs",
                    reason: "\(run.name) has the loss \(run.loss) with the weight \(run.weight);"
                        + " expected a finite loss and a positive weight. Leave such a run out."
                )
            }
        }
    }

    /// Smallest and largest standardised loss.
    var range: ClosedRange<Double> {
        (losses.min() ?? 0)...(losses.max() ?? 0)
    }
}
