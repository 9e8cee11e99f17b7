import Foundation
import LinearAlgebra

/// Amplitudes of a sum of known terms, for the starts of laws that are sums of powers.
enum Amplitudes {
    /// a_k > 0 with least relative squares of y = sum of a_k·x_k; terms that want to be negative
    /// take a small share of y instead.
    ///
    /// - Parameter terms: one row per run, one positive value per term.
    static func positive(_ terms: [[Double]], logTargets: [Double]) -> [Double] {
        let count = terms.first?.count ?? 0
        var means = [Double](repeating: 0, count: count)
        for (row, target) in zip(terms, logTargets) {
            for index in row.indices { means[index] += row[index] / exp(target) }
        }
        let floor = means.map { 0.02 * Double(terms.count) / max($0, 1e-300) }
        var free = Array(0..<count)
        while !free.isEmpty {
            let rows = zip(terms, logTargets).map { row, target in
                free.map { row[$0] / exp(target) }
            }
            let taken = terms.indices.map { run in
                (0..<count).filter { !free.contains($0) }.reduce(0) {
                    $0 + floor[$1] * terms[run][$1] / exp(logTargets[run])
                }
            }
            let solution: [Double]
            do {
                solution = try Matrix(rows: rows).leastSquares(taken.map { 1 - $0 })
            } catch {
                break
            }
            let kept = zip(free, solution).filter { $0.1 > floor[$0.0] }
            if kept.count == free.count {
                var amplitudes = floor
                for (index, value) in kept { amplitudes[index] = value }
                return amplitudes
            }
            free = kept.map(\.0)
        }
        // Shares of equal size when the system says nothing.
        return means.map { Double(terms.count) / (Double(count) * max($0, 1e-300)) }
    }
}
