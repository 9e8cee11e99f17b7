import Foundation
import LinearAlgebra
import ScalingLaws
import Synchronization

/// A Gaussian process given its kernel and runs. The factor of their covariance is computed when a
/// deviation is first asked for after reading a stored fit.
package struct FittedGaussianProcess: FittedMixtureLaw {
    let basis: GaussianBasis
    package let kernel: GaussianKernel
    private let factor: LazyFactor
    /// K⁻¹·losses.
    let alpha: [Double]
    /// Coefficients of the linear mean: the level, then d slopes.
    let linear: [Double]
    /// Factor of all intervals, at least 1: how much wider than promised the errors of runs left
    /// out are.
    package let widening: Double

    init(_ basis: GaussianBasis, _ kernel: GaussianKernel) throws(LinearAlgebraError) {
        let factor = try basis.evidence.factor(kernel)
        let alpha = factor.solve(basis.losses)
        let inverse = factor.inverse()
        var square = 0.0
        for row in 0..<basis.count { square += alpha[row] * alpha[row] / inverse[row, row] }
        let widening = max(1, (square / Double(basis.count)).squareRoot())
        self.init(basis, kernel, alpha, widening, factor)
    }

    private init(
        _ basis: GaussianBasis,
        _ kernel: GaussianKernel,
        _ alpha: [Double],
        _ widening: Double,
        _ factor: CholeskyFactor?
    ) {
        self.basis = basis
        self.kernel = kernel
        self.alpha = alpha
        self.widening = widening
        self.factor = LazyFactor(factor)
        let size = basis.dimension
        var linear = [alpha.reduce(0, +)] + [Double](repeating: 0, count: size)
        for row in 0..<basis.count {
            for domain in 0..<size {
                linear[1 + domain] += alpha[row] * basis.rows[row * size + domain]
            }
        }
        self.linear = linear.map { $0 * GaussianKernel.linearVariance }
    }

    /// Nil only where a stored fit is not one that was ever fitted.
    private var covariance: CholeskyFactor? { factor.value(basis, kernel) }

    /// The process of given runs at a given kernel, nothing fitted.
    package init(_ data: MixtureData, kernel: GaussianKernel) throws(MixtureError) {
        let law = GaussianProcessMixture.card.id
        let table = try FittingTable(data, law: law, minimum: 2)
        let basis = GaussianBasis(table, GaussianFeatures(.squareRoot, table))
        do {
            self = try FittedGaussianProcess(basis, kernel)
        } catch {
            throw .didNotConverge(law: law, starts: 1)
        }
    }

    package func loss(at proportions: [Double]) -> Double {
        let point = basis.features.values(proportions[...])
        var sum = linear[0]
        for domain in point.indices { sum += linear[1 + domain] * point[domain] }
        let size = basis.dimension
        for row in 0..<basis.count {
            let distance = squaredDistance(row * size, point)
            sum +=
                kernel.signal * alpha[row]
                * GaussianKernel.matern(squaredDistance: distance).value
        }
        return basis.mean + basis.deviation * sum
    }

    func squaredDistance(_ first: Int, _ point: [Double]) -> Double {
        var distance = 0.0
        for domain in point.indices {
            let part = (basis.rows[first + domain] - point[domain]) / kernel.lengths[domain]
            distance += part * part
        }
        return distance
    }

    package func gradient(at proportions: [Double]) -> [Double]? {
        let point = basis.features.values(proportions[...])
        let size = basis.dimension
        var slopes = Array(linear.dropFirst())
        for row in 0..<basis.count {
            let distance = squaredDistance(row * size, point)
            let bend = GaussianKernel.matern(squaredDistance: distance).bend
            let pull = kernel.signal * alpha[row] * bend * 5 / 3
            for domain in point.indices {
                let length = kernel.lengths[domain]
                let part = basis.rows[row * size + domain] - point[domain]
                slopes[domain] += pull * part / (length * length)
            }
        }
        return slopes.indices.map { domain in
            basis.deviation * slopes[domain]
                * basis.features.slope(proportions[domain], domain: domain)
        }
    }

    /// Of the law itself; a run of weight 1 adds its noise.
    package func deviation(at proportions: [Double]) -> Double? {
        widening * basis.deviation * latentVariance(proportions).squareRoot()
    }

    /// Of the loss of one further run.
    package func predictiveDeviation(at proportions: [Double]) -> Double {
        widening * basis.deviation * (latentVariance(proportions) + kernel.noise).squareRoot()
    }

    private func latentVariance(_ proportions: [Double]) -> Double {
        let point = basis.features.values(proportions[...])
        let size = basis.dimension
        let cross = (0..<basis.count).map { row in
            var product = 1.0
            for domain in point.indices {
                product += basis.rows[row * size + domain] * point[domain]
            }
            let distance = squaredDistance(row * size, point)
            return GaussianKernel.linearVariance * product
                + kernel.signal * GaussianKernel.matern(squaredDistance: distance).value
        }
        let own = point.reduce(1) { $0 + $1 * $1 } * GaussianKernel.linearVariance + kernel.signal
        guard let covariance else { return own }
        let known = covariance.whiten(cross).reduce(0) { $0 + $1 * $1 }
        return max(own - known, 1e-12 * own)
    }

    /// Loss and deviation of every run as the others predict it, in closed form.
    package func leaveOneOut() -> [(mean: Double, deviation: Double)] {
        guard let inverse = covariance?.inverse() else { return [] }
        return (0..<basis.count).map { row in
            let precision = inverse[row, row]
            let mean = basis.losses[row] - alpha[row] / precision
            return (
                basis.mean + basis.deviation * mean,
                basis.deviation * (1 / precision).squareRoot()
            )
        }
    }

    /// Losses of the runs of each part as the other parts predict them with this kernel.
    func leaveOut(_ folds: Folds) -> [Double] {
        guard let inverse = covariance?.inverse() else {
            return basis.losses.map { basis.mean + basis.deviation * $0 }
        }
        var found = basis.losses
        for part in 0..<folds.parts {
            let outside = folds.split(part).outside
            var block = Matrix(rows: outside.count, columns: outside.count)
            for (row, first) in outside.enumerated() {
                for (column, second) in outside.enumerated() {
                    block[row, column] = inverse[first, second]
                }
            }
            guard let shift = try? block.choleskySolve(outside.map { alpha[$0] }) else { continue }
            for (place, run) in outside.enumerated() { found[run] -= shift[place] }
        }
        return found.map { basis.mean + basis.deviation * $0 }
    }

    /// −ln p of the standardised losses.
    package var negativeLogLikelihood: Double {
        let fit = zip(alpha, basis.losses).reduce(0) { $0 + $1.0 * $1.1 }
        let determinant = covariance?.logDeterminant ?? .nan
        return 0.5 * (fit + determinant + Double(basis.count) * log(2 * .pi))
    }

    package func parameters(domains: [String]) -> [String: Double] {
        var values = [
            "signal": basis.deviation * kernel.signal.squareRoot(),
            "noise": basis.deviation * kernel.noise.squareRoot(),
        ]
        for (domain, length) in zip(domains, kernel.lengths) { values["l[\(domain)]"] = length }
        return values
    }

    package var notes: [String] {
        widening > 1.2
            ? [
                "Errors of runs left out are \(rounded(widening)) times the promised deviations;"
                    + " intervals are widened by it."
            ] : []
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

extension FittedGaussianProcess {
    private enum Key: String, CodingKey {
        case basis
        case kernel
        case alpha
        case widening
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let basis = try fields.decode(GaussianBasis.self, forKey: .basis)
        let kernel = try fields.decode(GaussianKernel.self, forKey: .kernel)
        let alpha = try fields.decode([Double].self, forKey: .alpha)
        guard alpha.count == basis.count, kernel.lengths.count == basis.dimension else {
            throw DecodingError.dataCorruptedError(
                forKey: .alpha,
                in: fields,
                debugDescription: "the stored process has parts of different sizes"
            )
        }
        let widening = try fields.decode(Double.self, forKey: .widening)
        self.init(basis, kernel, alpha, widening, nil)
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(basis, forKey: .basis)
        try fields.encode(kernel, forKey: .kernel)
        try fields.encode(alpha, forKey: .alpha)
        try fields.encode(widening, forKey: .widening)
    }
}

/// A factor that costs n³ and is needed only for deviations.
private final class LazyFactor: Sendable {
    private let held: Mutex<CholeskyFactor?>

    init(_ factor: CholeskyFactor?) { held = Mutex(factor) }

    func value(_ basis: GaussianBasis, _ kernel: GaussianKernel) -> CholeskyFactor? {
        held.withLock { factor in
            if factor == nil { factor = try? basis.evidence.factor(kernel) }
            return factor
        }
    }
}
