import Foundation
import ScalingLaws

/// Runs that determine the coefficients of a linear model best: the determinant of XᵀX is largest
/// (D-optimality), by greedy additions and then exchanges while they gain (Fedorov, 1972).
package struct OptimalDesign: Sendable {
    /// What the model is linear in.
    package enum Features: String, Sendable, Hashable, Codable, CaseIterable {
        /// 1 and the shares: slopes of each domain.
        case shares
        /// 1 and the roots of the shares: diminishing returns.
        case roots

        /// Few runs can tell slopes only; from two runs a coefficient on, how returns diminish.
        package static func suited(runs: Int, domains: Int) -> Features {
            runs < 2 * (domains + 1) ? .shares : .roots
        }

        func values(_ mixture: [Double]) -> [Double] {
            switch self {
            case .shares: [1] + mixture
            case .roots: [1] + mixture.map { max($0, 0).squareRoot() }
            }
        }
    }

    /// This much of every direction counts as known (Bayesian D-optimality, Chaloner and
    /// Verdinelli, "Bayesian experimental design: a review", 1995). Shares sum to 1, so with an
    /// intercept XᵀX is singular; and a direction in which the candidates hardly differ is worth
    /// no run.
    static let known = 0.1

    private let rows: [[Double]]
    private var inverse: [[Double]]
    /// xᵀ (XᵀX)⁻¹ x of each candidate: what it would add.
    private var forms: [Double]
    package private(set) var chosen: [Int] = []

    /// - Parameters:
    ///   - pool: mixtures to choose from.
    ///   - taken: mixtures that are trained already.
    package init(_ pool: [[Double]], features: Features, taken: [[Double]] = []) {
        rows = pool.map { features.values($0) }
        let size = rows.first?.count ?? 0
        inverse = (0..<size).map { row in
            (0..<size).map { $0 == row ? 1 / Self.known : 0 }
        }
        forms = rows.map { row in Self.dot(row, row) / Self.known }
        for mixture in taken { update(features.values(mixture), sign: 1) }
    }

    /// - Parameters:
    ///   - count: runs to choose; none twice.
    ///   - seed: of a random first choice, so that several designs can be had.
    package mutating func choose(_ count: Int, seed: UInt64, isFirstRandom: Bool) {
        var random = SplitMix64(seed: seed)
        var isFree = [Bool](repeating: true, count: rows.count)
        func take(_ index: Int) {
            isFree[index] = false
            chosen.append(index)
            update(rows[index], sign: 1)
        }
        if isFirstRandom, count > 0, !rows.isEmpty { take(random.index(below: rows.count)) }
        while chosen.count < min(count, rows.count) {
            var best: (index: Int, gain: Double)?
            for index in rows.indices where isFree[index] && forms[index].isFinite {
                if forms[index] > best?.gain ?? -.infinity { best = (index, forms[index]) }
            }
            guard let best else { break }
            take(best.index)
        }
        for _ in 0..<10 where exchange(&isFree) {}
    }

    /// One pass over the chosen runs; true when some exchange raised the determinant.
    private mutating func exchange(_ isFree: inout [Bool]) -> Bool {
        var hasGained = false
        for place in chosen.indices {
            let old = rows[chosen[place]]
            let oldForm = forms[chosen[place]]
            let image = inverse.map { Self.dot($0, old) }
            var best: (index: Int, gain: Double)?
            for index in rows.indices where isFree[index] {
                let new = forms[index]
                let cross = Self.dot(image, rows[index])
                let gain = new - (new * oldForm - cross * cross) - oldForm
                if gain > best?.gain ?? 1e-7 { best = (index, gain) }
            }
            guard let best else { continue }
            hasGained = true
            update(old, sign: -1)
            update(rows[best.index], sign: 1)
            isFree[chosen[place]] = true
            isFree[best.index] = false
            chosen[place] = best.index
        }
        return hasGained
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    /// The inverse after adding or removing a row (Sherman and Morrison), and all forms with it.
    private mutating func update(_ row: [Double], sign: Double) {
        let image = inverse.map { Self.dot($0, row) }
        let scale = 1 + sign * Self.dot(image, row)
        guard abs(scale) > 1e-12 else { return }
        for i in image.indices {
            let weight = sign * image[i] / scale
            for j in image.indices { inverse[i][j] -= weight * image[j] }
        }
        for index in rows.indices {
            let cross = Self.dot(image, rows[index])
            forms[index] -= sign * cross * cross / scale
        }
    }

    /// ln det(known · 1 + XᵀX) of some mixtures: what a design is to raise.
    package static func logDeterminant(_ mixtures: [[Double]], features: Features) -> Double {
        let rows = mixtures.map { features.values($0) }
        guard let size = rows.first?.count else { return -.infinity }
        var matrix = (0..<size).map { row in
            (0..<size).map { $0 == row ? known : 0 }
        }
        for row in rows {
            for i in 0..<size { for j in 0..<size { matrix[i][j] += row[i] * row[j] } }
        }
        var sum = 0.0
        for pivot in 0..<size {
            let value = matrix[pivot][pivot]
            guard value > 0 else { return -.infinity }
            sum += log(value)
            for row in (pivot + 1)..<max(size, pivot + 1) {
                let weight = matrix[row][pivot] / value
                for column in pivot..<size { matrix[row][column] -= weight * matrix[pivot][column] }
            }
        }
        return sum
    }
}
