import Foundation

/// Runs of the largest model, or of the most tokens where all models have one size, held out: what
/// a law says of larger scales is what it is chosen for, and random rows cannot test that.
package struct LargestScale: Sendable {
    package let inside: [Int]
    package let outside: [Int]
    /// Runs of less than this share of the largest scale are of a smaller one.
    static let margin = 0.7

    /// Nil where not every run says its scale, all have about the same, or too few would be left.
    package init?(_ data: MixtureData, fewestInside: Int = 12, fewestOutside: Int = 3) {
        let sizes = data.runs.compactMap(\.parameterCount)
        let tokens = data.runs.compactMap(\.tokenCount)
        guard sizes.count == data.runs.count, tokens.count == data.runs.count,
            let size = sizes.max(), let most = tokens.max(), let fewest = tokens.min()
        else { return nil }
        let isBySize = sizes.contains { $0 < Self.margin * size }
        guard isBySize || fewest < Self.margin * most else { return nil }
        let isLargest = data.runs.indices.map {
            isBySize ? sizes[$0] >= Self.margin * size : tokens[$0] >= Self.margin * most
        }
        inside = data.runs.indices.filter { !isLargest[$0] }
        outside = data.runs.indices.filter { isLargest[$0] }
        guard inside.count >= fewestInside, outside.count >= fewestOutside else { return nil }
    }

    /// Mean absolute error on the held runs of a fit without them, unit of the target; nil where
    /// the law has no such fit.
    package func error(
        _ law: any MixtureLaw.Type,
        _ data: MixtureData,
        _ request: MixtureFitRequest
    ) -> Double? {
        guard let fit = try? AnyMixtureLaw.fit(law, data.selecting(inside), request) else {
            return nil
        }
        let held = outside.map { data.runs[$0] }
        let errors = zip(fit.losses(of: held), held).map { abs($0.0 - $0.1.loss) }
        let mean = errors.reduce(0, +) / Double(errors.count)
        return mean.isFinite ? mean : nil
    }

    /// Size and tokens of the largest run.
    static func scale(of data: MixtureData) throws(MixtureError) -> MixtureScale {
        let largest = data.runs.max {
            ($0.parameterCount ?? 0, $0.tokenCount ?? 0) < (
                $1.parameterCount ?? 0, $1.tokenCount ?? 0
            )
        }
        return try MixtureScale(
            parameterCount: largest?.parameterCount ?? 1e9,
            tokenCount: largest?.tokenCount ?? 1e10
        )
    }
}
