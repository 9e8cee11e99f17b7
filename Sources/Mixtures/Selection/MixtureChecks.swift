import Foundation
import Runs

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
        let geometry = MixtureGeometry(
            domains: data.domains,
            rows: data.runs.map(\.proportions)
        )
        return found + [geometry.constantWarning, geometry.lockstepWarning].compactMap { $0 }
    }

    private static func shortened(_ value: Double) -> String {
        String(format: "%.4g", value)
    }
}
