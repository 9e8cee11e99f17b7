import Foundation

/// What makes a fit, or the runs behind it, unfit for advice.
package enum MixtureChecks {
    /// Why the predictions at the corners of the simplex cannot be believed; nil where they can.
    package static func nonsense(_ model: AnyMixtureLaw, _ data: MixtureData) -> String? {
        let losses = data.losses
        guard let low = losses.min(), let high = losses.max() else { return nil }
        let range = high - low
        for (place, domain) in data.domains.enumerated() {
            let corner = data.domains.indices.map { $0 == place ? 1.0 : 0 }
            let loss = model.loss(at: corner)
            if loss >= low - range, loss <= high + 2 * range { continue }
            return "Its prediction for \(domain) alone, \(shortened(loss)), is far outside of the"
                + " losses seen, \(shortened(low)) to \(shortened(high))."
        }
        return nil
    }

    /// What to know of the runs before trusting any law of them.
    package static func warnings(_ data: MixtureData) -> [String] {
        var found: [String] = []
        let parameters = data.dimension + 5
        if data.runs.count < parameters {
            found.append(
                "\(data.runs.count) runs for \(data.dimension) domains: fewer than the"
                    + " \(parameters) parameters of the effective-data law. The ridge decides what"
                    + " the runs do not."
            )
        }
        let columns = data.domains.indices.map { domain in
            data.runs.map { $0.proportions[domain] }
        }
        let constant = data.domains.indices.filter { domain in
            columns[domain].allSatisfy { abs($0 - columns[domain][0]) < 1e-9 }
        }
        if !constant.isEmpty {
            let names = constant.map { data.domains[$0] }.joined(separator: ", ")
            found.append(
                "The proportion of \(names) is the same in every run, so what it does is unknown."
                    + " Bound it to what was tried."
            )
        }
        found += together(data, columns, constant)
        return found
    }

    private static func together(
        _ data: MixtureData,
        _ columns: [[Double]],
        _ constant: [Int]
    ) -> [String] {
        var found: [String] = []
        // Two domains always mirror one another; that is no finding.
        guard data.dimension > 2, data.runs.count > 3 else { return [] }
        let varying = data.domains.indices.filter { !constant.contains($0) }
        for (place, first) in varying.enumerated() {
            for second in varying.dropFirst(place + 1) {
                guard let value = MixtureScores.correlation(columns[first], columns[second]),
                    value > 0.999
                else { continue }
                found.append(
                    "\(data.domains[first]) and \(data.domains[second]) always move together, so"
                        + " their effects cannot be told apart."
                )
            }
        }
        return found
    }

    private static func shortened(_ value: Double) -> String {
        String(format: "%.4g", value)
    }
}
