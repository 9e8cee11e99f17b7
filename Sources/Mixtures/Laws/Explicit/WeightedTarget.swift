import Foundation

/// A target as people write it: one metric, or "0.6 * loss/a + 0.4 * loss/b" for a weighted sum.
/// The blanks about + and * are part of it, so names may hold either.
package struct WeightedTarget: Sendable, Hashable {
    package struct Term: Sendable, Hashable {
        /// Positive.
        package var weight: Double
        /// A metric, or a pattern such as metric/*.
        package var name: String
    }

    package var terms: [Term]

    /// Throws `invalid` where a weight is no positive number or a name is missing. Text without
    /// " * " is one term of weight 1, whatever it holds.
    package init(parsing text: String) throws(MixtureError) {
        guard text.contains(" * ") else {
            terms = [Term(weight: 1, name: text)]
            return
        }
        terms = []
        for part in text.split(separator: " + ") {
            guard let star = part.firstRange(of: " * ") else {
                throw Self.refusal(String(part), text)
            }
            let number = part[..<star.lowerBound].trimmingCharacters(in: .whitespaces)
            let name = part[star.upperBound...].trimmingCharacters(in: .whitespaces)
            guard let weight = Double(number), weight > 0, weight < 1e100, !name.isEmpty else {
                throw Self.refusal(String(part), text)
            }
            terms.append(Term(weight: weight, name: name))
        }
        let names = terms.map(\.name)
        guard !terms.isEmpty, Set(names).count == names.count else {
            throw .invalid(
                field: "target",
                reason: "The target \(text.prefix(80)) names a metric twice, or none."
            )
        }
    }

    private static func refusal(_ part: String, _ text: String) -> MixtureError {
        .invalid(
            field: "target",
            reason: "\(part.prefix(80)) in the target \(text.prefix(80)) is not WEIGHT * METRIC"
                + " with a positive weight; write a sum as 0.6 * loss/a + 0.4 * loss/b."
        )
    }
}
