/// What the mixtures of a set of runs cannot tell, whatever law is fitted to them.
package struct MixtureGeometry: Sendable {
    /// Domains whose share is the same in all runs.
    package private(set) var constant: [String] = []
    /// Varying domains whose shares rise and fall in lockstep, two by two.
    package private(set) var lockstepPairs: [(String, String)] = []

    private static let lockstep = 0.999
    private static let shownPairs = 5

    /// - Parameters:
    ///   - domains: d names.
    ///   - rows: one mixture each, d shares in the order of `domains`.
    package init(domains: [String], rows: [[Double]]) {
        guard rows.count > 1 else { return }
        let centred = domains.indices.map { place in
            let column = rows.map { $0[place] }
            let mean = column.reduce(0, +) / Double(column.count)
            return column.map { $0 - mean }
        }
        let norms = centred.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let varying = domains.indices.filter { norms[$0] > 1e-9 }
        constant = domains.indices.filter { norms[$0] <= 1e-9 }.map { domains[$0] }
        // Two domains alone always mirror one another, and two runs always lie on a line.
        guard varying.count > 2, rows.count > 2 else { return }
        for (place, first) in varying.enumerated() {
            for second in varying[(place + 1)...] {
                let product = zip(centred[first], centred[second]).reduce(0) { $0 + $1.0 * $1.1 }
                if abs(product) > Self.lockstep * norms[first] * norms[second] {
                    lockstepPairs.append((domains[first], domains[second]))
                }
            }
        }
    }

    /// A sentence for people; nil where every domain varies.
    package var constantWarning: String? {
        guard !constant.isEmpty else { return nil }
        return "The share of \(constant.joined(separator: ", ")) is the same in all runs, so what "
            + "it does is unknown. Bound it to what was tried."
    }

    /// A sentence for people; nil where no two domains move together.
    package var lockstepWarning: String? {
        guard !lockstepPairs.isEmpty else { return nil }
        let names = lockstepPairs.prefix(Self.shownPairs).map { "\($0.0) and \($0.1)" }
        let hidden = lockstepPairs.count - names.count
        return "These domains always move together: \(names.joined(separator: ", "))"
            + (hidden > 0 ? " and \(hidden) more pairs" : "")
            + "; only their sum or difference can be told. Add runs that vary one alone."
    }
}
