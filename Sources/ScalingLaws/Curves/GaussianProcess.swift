import Foundation
import LinearAlgebra

/// A smooth unknown function of a few inputs, with its uncertainty: squared exponential with one
/// length per input, a linear part, a constant and noise (Rasmussen and Williams, Gaussian
/// Processes for Machine Learning, 2006, equations 2.25, 2.26, 5.8 and 5.12).
///
/// Inputs and targets are standardised first, so units do not matter. Lengths, noise and amplitude
/// maximise marginal likelihood times a weak prior by pattern search: deterministic, no gradient.
struct GaussianProcess: Sendable {
    private var columns: [Int] = []
    private var means: [Double] = []
    private var scales: [Double] = []
    private var inputs: [[Double]] = []
    private var targetMean: Double
    private var targetScale: Double
    private var hyper: Hyper
    private var inverse = Matrix(rows: 0, columns: 0)
    private var alpha: [Double] = []

    private struct Hyper: Sendable {
        var logLengths: [Double]
        var logNoise: Double = log(0.25)
        var logAmplitude: Double = 0

        var values: [Double] {
            get { logLengths + [logNoise, logAmplitude] }
            set {
                logLengths = Array(newValue.dropLast(2))
                logNoise = newValue[newValue.count - 2]
                logAmplitude = newValue[newValue.count - 1]
            }
        }

        /// Minus log of a normal prior, each of width about 1.
        var penalty: Double {
            let lengths = logLengths.reduce(0) { $0 + ($1 - 1.2) * ($1 - 1.2) }
            let noise = logNoise - log(0.25)
            return 0.5 * (lengths + noise * noise + logAmplitude * logAmplitude / 0.49)
        }
    }

    private static let linearVariance = 0.3
    private static let constantVariance = 4.0

    /// - Parameter rows: one row of inputs per target, all of one length; inputs that do not vary
    ///   are ignored.
    /// - Returns: nil for fewer than three rows or where no factorisation exists.
    init?(rows: [[Double]], targets: [Double]) {
        guard rows.count == targets.count, rows.count >= 3 else { return nil }
        let count = Double(rows.count)
        for column in rows[0].indices {
            let mean = rows.reduce(0) { $0 + $1[column] } / count
            let square = rows.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / count
            guard square.squareRoot() > 1e-9 * max(abs(mean), 1) else { continue }
            columns.append(column)
            means.append(mean)
            scales.append(square.squareRoot())
        }
        targetMean = targets.sorted()[targets.count / 2]
        let mean = targets.reduce(0, +) / count
        let spread = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        targetScale = max(spread.squareRoot(), 1e-6)
        hyper = Hyper(logLengths: [Double](repeating: 1.2, count: columns.count))
        inputs = rows.map { standardised($0) }
        let scaled = targets.map { ($0 - targetMean) / targetScale }
        search(scaled)
        guard let factor = try? CholeskyFactor(covariance(hyper)) else { return nil }
        inverse = factor.inverse()
        alpha = inverse * scaled
    }

    /// Mean and standard deviation of a new target, noise included, in the unit of the targets.
    func predict(_ row: [Double]) -> (mean: Double, deviation: Double) {
        let x = standardised(row)
        let cross = inputs.map { kernel($0, x, hyper) }
        let mean = zip(cross, alpha).reduce(0) { $0 + $1.0 * $1.1 }
        let solved = inverse * cross
        let explained = zip(cross, solved).reduce(0) { $0 + $1.0 * $1.1 }
        let noise = exp(2 * hyper.logNoise)
        let variance = max(kernel(x, x, hyper) - explained, 0) + noise
        return (targetMean + targetScale * mean, targetScale * variance.squareRoot())
    }

    /// What other targets of the same rows predict with the same weights: for a path.
    func predict(_ row: [Double], ofTargets targets: [Double]) -> Double {
        let x = standardised(row)
        let weights = inverse * inputs.map { kernel($0, x, hyper) }
        let centre = targets.sorted()[targets.count / 2]
        return zip(weights, targets).reduce(centre) { $0 + $1.0 * ($1.1 - centre) }
    }

    /// Residuals of each target predicted from the others, with the deviation expected of them.
    func leaveOneOut(_ targets: [Double]) -> [(residual: Double, deviation: Double)] {
        let centre = targets.sorted()[targets.count / 2]
        let solved = inverse * targets.map { $0 - centre }
        return solved.indices.map { index in
            let diagonal = max(inverse[index, index], .leastNormalMagnitude)
            return (solved[index] / diagonal, targetScale / diagonal.squareRoot())
        }
    }

    private func standardised(_ row: [Double]) -> [Double] {
        columns.indices.map { (row[columns[$0]] - means[$0]) / scales[$0] }
    }

    private func kernel(_ a: [Double], _ b: [Double], _ hyper: Hyper) -> Double {
        var square = 0.0
        var product = 0.0
        for index in a.indices {
            let difference = (a[index] - b[index]) * exp(-hyper.logLengths[index])
            square += difference * difference
            product += a[index] * b[index]
        }
        return exp(2 * hyper.logAmplitude - 0.5 * square) + Self.linearVariance * product
            + Self.constantVariance
    }

    /// Symmetric, with the noise on its diagonal.
    private func covariance(_ hyper: Hyper) -> Matrix {
        let size = inputs.count
        let factors = hyper.logLengths.map { exp(-$0) }
        let amplitude = exp(2 * hyper.logAmplitude)
        var matrix = Matrix(rows: size, columns: size)
        for row in 0..<size {
            for column in 0...row {
                var square = 0.0
                var product = 0.0
                for index in factors.indices {
                    let (a, b) = (inputs[row][index], inputs[column][index])
                    let difference = (a - b) * factors[index]
                    square += difference * difference
                    product += a * b
                }
                let value =
                    amplitude * exp(-0.5 * square) + Self.linearVariance * product
                    + Self.constantVariance
                matrix[row, column] = value
                matrix[column, row] = value
            }
            matrix[row, row] += exp(2 * hyper.logNoise) + 1e-9
        }
        return matrix
    }

    /// Steps of 0.8 in each logarithm, halved where none helps.
    private mutating func search(_ targets: [Double]) {
        func cost(_ hyper: Hyper) -> Double {
            guard let factor = try? CholeskyFactor(covariance(hyper)) else { return .infinity }
            // Minus log likelihood without its constant.
            let fit = factor.whiten(targets).reduce(0) { $0 + $1 * $1 }
            return 0.5 * (fit + factor.logDeterminant) + hyper.penalty
        }
        var best = cost(hyper)
        var step = 0.8
        while step > 0.15 {
            var isBetter = false
            for index in hyper.values.indices {
                for direction in [step, -step] {
                    var trial = hyper
                    trial.values[index] += direction
                    let value = cost(trial)
                    guard value < best - 1e-3 else { continue }
                    (best, hyper, isBetter) = (value, trial, true)
                    break
                }
            }
            if !isBetter { step /= 2 }
        }
    }
}
