import Foundation
import LinearAlgebra
import ScalingLaws

/// A Gaussian process over mixtures and model sizes: the loss is a level that is nearly linear in
/// ln N, a linear part in √r that all sizes share, and a smooth part that sizes share the less the
/// farther they are apart. One length scale; hyperparameters by their posterior mode.
struct SizedProcess {
    /// A mixture at a size.
    struct Point: Sendable {
        /// Standardised roots of the shares.
        var features: [Double]
        /// ln N less that of the runs' mean.
        var size: Double
    }

    struct Kernel: Sendable {
        var length: Double
        var signal: Double
        /// By which exponent of |Δ ln N| sizes come apart.
        var decay: Double
        var noise: Double

        static let vague = 100.0
        /// Of a size's own level about the line, on the standardised scale.
        static let levelVariance = 0.25

        func value(_ a: Point, _ b: Point) -> Double {
            var product = 0.0
            var square = 0.0
            for index in a.features.indices {
                product += a.features[index] * b.features[index]
                let part = a.features[index] - b.features[index]
                square += part * part
            }
            return value(product: product, square: square, a.size, b.size)
        }

        func value(product: Double, square: Double, _ a: Double, _ b: Double) -> Double {
            let shared = exp(-decay * abs(a - b))
            let distance = (5 * square).squareRoot() / length
            let matern = (1 + distance + distance * distance / 3) * exp(-distance)
            return Self.vague * (1 + a * b + product) + shared
                * (Self.levelVariance + signal * matern)
        }
    }

    private(set) var points: [Point]
    private var losses: [Double]
    let kernel: Kernel
    private var factor: CholeskyFactor
    private var alpha: [Double]
    private let scale: Scale

    /// How mixtures, sizes and losses are standardised.
    struct Scale: Sendable {
        var means: [Double]
        var deviations: [Double]
        var size: Double
        var mean: Double
        var deviation: Double

        init(_ data: MixtureData, sizes: [Double]) {
            let roots = data.runs.map { $0.proportions.map { max($0, 0).squareRoot() } }
            let count = Double(roots.count)
            let dimension = data.dimension
            let means = (0..<dimension).map { index in
                roots.reduce(0) { $0 + $1[index] } / count
            }
            self.means = means
            deviations = (0..<dimension).map { index in
                let sum = roots.reduce(0) { $0 + pow($1[index] - means[index], 2) }
                return max((sum / count).squareRoot(), 1e-3)
            }
            size = sizes.reduce(0) { $0 + log($1) } / count
            let mean = data.losses.reduce(0) { $0 + $1 / count }
            self.mean = mean
            let sum = data.losses.reduce(0) { $0 + pow($1 - mean, 2) }
            deviation = max((sum / count).squareRoot(), 1e-12 * max(1, abs(mean)))
        }

        func point(_ mixture: [Double], size: Double) -> Point {
            let features = mixture.indices.map {
                (max(mixture[$0], 0).squareRoot() - means[$0]) / deviations[$0]
            }
            return Point(features: features, size: log(size) - self.size)
        }
    }

    /// - Parameter sizes: parameters of the model of each run.
    init(
        _ data: MixtureData,
        sizes: [Double],
        isCancelled: (@Sendable () -> Bool)?
    ) throws(MixtureError) {
        scale = Scale(data, sizes: sizes)
        points = []
        for (run, size) in zip(data.runs, sizes) {
            points.append(scale.point(run.proportions, size: size))
        }
        losses = []
        for loss in data.losses { losses.append((loss - scale.mean) / scale.deviation) }
        kernel = try SizedSearch(points, losses).kernel(isCancelled)
        (factor, alpha) = try Self.solve(points, losses, kernel)
    }

    static func covariance(_ points: [Point], _ kernel: Kernel) -> Matrix {
        var matrix = Matrix(rows: points.count, columns: points.count)
        for row in points.indices {
            for column in 0...row {
                let value = kernel.value(points[row], points[column])
                matrix[row, column] = value
                matrix[column, row] = value
            }
            matrix[row, row] += kernel.noise
        }
        return matrix
    }

    private static func solve(
        _ points: [Point],
        _ losses: [Double],
        _ kernel: Kernel
    ) throws(MixtureError) -> (CholeskyFactor, [Double]) {
        do {
            let factor = try CholeskyFactor(covariance(points, kernel))
            return (factor, factor.solve(losses))
        } catch {
            throw .didNotConverge(law: "the process over sizes", starts: 1)
        }
    }

    func point(_ mixture: [Double], size: Double) -> Point { scale.point(mixture, size: size) }

    /// Predicted loss, in the unit of the target.
    func loss(at point: Point) -> Double {
        let sum = zip(points, alpha).reduce(0) { $0 + $1.1 * kernel.value($1.0, point) }
        return scale.mean + scale.deviation * sum
    }

    /// Unit of the target per unit of the standardised scale.
    var unit: Double { scale.deviation }

    /// L⁻¹ k: products of two of these are what the runs tell of both points.
    func whitened(_ point: Point) -> [Double] {
        factor.whiten(points.map { kernel.value($0, point) })
    }

    /// Adds a run that came out as predicted; the hyperparameters stay.
    mutating func believe(_ point: Point) throws(MixtureError) {
        losses.append((loss(at: point) - scale.mean) / scale.deviation)
        points.append(point)
        (factor, alpha) = try Self.solve(points, losses, kernel)
    }
}

/// The mode of the posterior over ln (length, signal, decay, noise).
private struct SizedSearch {
    /// Runs beyond these do not change four numbers, and each evaluation costs n³.
    static let runsLimit = 160

    let points: [SizedProcess.Point]
    let losses: [Double]
    /// Of each pair, row-major lower triangle.
    private var products: [Double] = []
    private var squares: [Double] = []

    init(_ points: [SizedProcess.Point], _ losses: [Double]) {
        let step = max(1, (points.count + Self.runsLimit - 1) / Self.runsLimit)
        let kept = stride(from: 0, to: points.count, by: step)
        self.points = kept.map { points[$0] }
        self.losses = kept.map { losses[$0] }
        for (row, a) in self.points.enumerated() {
            for b in self.points[...row] {
                var (product, square) = (0.0, 0.0)
                for index in a.features.indices {
                    product += a.features[index] * b.features[index]
                    let part = a.features[index] - b.features[index]
                    square += part * part
                }
                products.append(product)
                squares.append(square)
            }
        }
    }

    static let start = [1.5, 0.0, log(0.3), -4.0]
    private static let spread = [1.5, 3.0, 1.0, 4.0]

    private func kernel(_ parameters: [Double]) -> SizedProcess.Kernel {
        SizedProcess.Kernel(
            length: exp(parameters[0]),
            signal: exp(parameters[1]),
            decay: exp(parameters[2]),
            noise: exp(min(max(parameters[3], -14), 1))
        )
    }

    func kernel(_ isCancelled: (@Sendable () -> Bool)?) throws(MixtureError) -> SizedProcess.Kernel
    {
        if isCancelled?() ?? false { throw .cancelled }
        let found = Minimiser(evaluationLimit: 40, tolerance: 1e-4)
            .minimise(from: Self.start) { point, gradient in
                let value = objective(point)
                for index in point.indices {
                    var (up, down) = (point, point)
                    up[index] += 1e-4
                    down[index] -= 1e-4
                    gradient[index] = (objective(up) - objective(down)) / 2e-4
                }
                return value
            }
        return kernel(found.value.isFinite ? found.point : Self.start)
    }

    /// −ln posterior per run.
    private func objective(_ parameters: [Double]) -> Double {
        guard parameters.allSatisfy({ abs($0) < 20 }) else { return .infinity }
        let kernel = kernel(parameters)
        var matrix = Matrix(rows: points.count, columns: points.count)
        var place = 0
        for row in points.indices {
            for column in 0...row {
                let value = kernel.value(
                    product: products[place],
                    square: squares[place],
                    points[row].size,
                    points[column].size
                )
                matrix[row, column] = value
                matrix[column, row] = value
                place += 1
            }
            matrix[row, row] += kernel.noise
        }
        guard let factor = try? CholeskyFactor(matrix) else { return .infinity }
        let fit = zip(factor.solve(losses), losses).reduce(0) { $0 + $1.0 * $1.1 }
        var value = 0.5 * (fit + factor.logDeterminant)
        for index in parameters.indices {
            let distance = (parameters[index] - Self.start[index]) / Self.spread[index]
            value += distance * distance / 2
        }
        return value / Double(points.count)
    }
}
