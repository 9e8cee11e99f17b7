/// Runs of the largest model, or of the most tokens where all models have one size, held out: what
/// a law says of larger scales is what it is chosen for, and random rows cannot test that.
package struct LargestScale: Sendable {
    package let inside: [Int]
    package let outside: [Int]

    /// Nil where not every run says its scale, all have the same, or too few would be left.
    package init?(_ data: MixtureData) {
        let sizes = data.runs.compactMap(\.parameterCount)
        let tokens = data.runs.compactMap(\.tokenCount)
        guard sizes.count == data.runs.count, tokens.count == data.runs.count,
            let size = sizes.max(), let most = tokens.max(), let fewest = tokens.min()
        else { return nil }
        let isBySize = sizes.contains { $0 < 0.9 * size }
        guard isBySize || fewest < 0.9 * most else { return nil }
        let isLargest = data.runs.indices.map {
            isBySize ? sizes[$0] >= 0.9 * size : tokens[$0] >= 0.9 * most
        }
        inside = data.runs.indices.filter { !isLargest[$0] }
        outside = data.runs.indices.filter { isLargest[$0] }
        guard inside.count >= 12, outside.count >= 3 else { return nil }
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
}
