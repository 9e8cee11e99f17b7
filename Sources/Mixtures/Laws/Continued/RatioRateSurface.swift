import Foundation
import LinearAlgebra
package import ScalingLaws

/// Loss over the share of an added corpus and the peak learning rate, as fine-tuning and continued
/// pretraining sweeps measure it: a quadratic surface in x = ln(rate), y = ln(share / (1 − share)).
/// The product x·y is what one-at-a-time tuning misses: the best rate moves with the share.
package struct RatioRateSurface: Sendable, Codable, Hashable {
    package struct Point: Sendable, Codable, Hashable {
        package var learningRate: Double
        /// Share of the added corpus, above 0 and below 1.
        package var share: Double
        package var loss: Double

        package init(learningRate: Double, share: Double, loss: Double) {
            self.learningRate = learningRate
            self.share = share
            self.loss = loss
        }
    }

    package struct Optimum: Sendable, Codable, Hashable {
        /// With 90 % intervals by the delta method and Student's t.
        package var learningRate: Interval
        package var share: Interval
        package var loss: Double
    }

    /// Of 1, x, y, x², x·y, y² about the centre; unit of the loss.
    package var coefficients: [Double]
    /// Means of x and y over the runs.
    package var centre: [Double]
    /// Ranges of x and y over the runs.
    var ranges: [ClosedRange<Double>]
    /// (XᵀX)⁻¹ · s².
    var covariance: Matrix6
    /// Root mean square residual, corrected for six parameters; unit of the loss.
    package var deviation: Double
    package var freedom: Int
    /// Nil where the surface is no bowl.
    package var optimum: Optimum?
    package var notes: [String]

    /// A list of rows, so that it is stored as JSON.
    typealias Matrix6 = [[Double]]

    /// Runs below which the surface leaves no residual to judge it by.
    package static let fewest = 8

    /// - Parameter points: 8 or more, of three or more rates and three or more shares.
    package init(_ points: [Point]) throws(MixtureError) {
        try Self.check(points)
        let (xs, ys) = (points.map { log($0.learningRate) }, points.map { Self.logit($0.share) })
        let count = Double(points.count)
        let centre = [xs.reduce(0, +) / count, ys.reduce(0, +) / count]
        let lines = zip(xs, ys).map { Self.line($0 - centre[0], $1 - centre[1]) }
        let losses = points.map(\.loss)
        var information = Matrix(rows: 6, columns: 6)
        for line in lines {
            for row in 0..<6 {
                for column in 0..<6 { information[row, column] += line[row] * line[column] }
            }
        }
        guard let found = try? Matrix(rows: lines).leastSquares(losses),
            let factor = try? CholeskyFactor(information)
        else {
            throw .invalid(
                field: "runs",
                reason: "Rates and shares of these runs do not span a surface: vary both at once,"
                    + " not one at a time along lines."
            )
        }
        freedom = points.count - 6
        let square = zip(lines, losses).reduce(0) { sum, pair in
            let residual = Self.product(pair.0, found) - pair.1
            return sum + residual * residual
        }
        let variance = square / Double(freedom)
        deviation = variance.squareRoot()
        let inverse = factor.inverse()
        covariance = (0..<6).map { row in (0..<6).map { variance * inverse[row, $0] } }
        coefficients = found
        self.centre = centre
        ranges = [
            (xs.min() ?? 0)...(xs.max() ?? 0), (ys.min() ?? 0)...(ys.max() ?? 0),
        ]
        optimum = nil
        notes = []
        place()
    }

    private static func check(_ points: [Point]) throws(MixtureError) {
        guard points.count >= fewest else {
            throw .tooFewRuns(
                law: "The surface over share and learning rate",
                needed: fewest,
                found: points.count
            )
        }
        for point in points {
            guard point.learningRate > 0, point.learningRate < 1e10, point.share > 0,
                point.share < 1, abs(point.loss) < 1e100
            else {
                throw .invalid(
                    field: "runs",
                    reason: "Expected a positive learning rate, a share above 0 and below 1 and a"
                        + " finite loss; found \(point.learningRate), \(point.share),"
                        + " \(point.loss)."
                )
            }
        }
        guard Set(points.map(\.learningRate)).count > 2, Set(points.map(\.share)).count > 2 else {
            throw .invalid(
                field: "runs",
                reason: "A surface needs at least three learning rates and three shares."
            )
        }
    }

    /// Loss at a rate and a share.
    package func loss(learningRate: Double, share: Double) -> Double {
        Self.product(
            Self.line(log(learningRate) - centre[0], Self.logit(share) - centre[1]),
            coefficients
        )
    }

    /// The best rate when the share is given, with its 90 % interval; nil where the surface does
    /// not bend upwards along the rate.
    package func bestRate(share: Double) -> Interval? {
        guard share > 0, share < 1 else { return nil }
        let y = Self.logit(share) - centre[1]
        return interval { c in c[3] > 0 ? -(c[1] + c[4] * y) / (2 * c[3]) : nil }
            .map { Self.map($0) { [centre] in exp($0 + centre[0]) } }
    }

    /// The best share when the rate is given, with its 90 % interval.
    package func bestShare(learningRate: Double) -> Interval? {
        guard learningRate > 0 else { return nil }
        let x = log(learningRate) - centre[0]
        return interval { c in c[5] > 0 ? -(c[2] + c[4] * x) / (2 * c[5]) : nil }
            .map { Self.map($0) { [centre] in Self.logistic($0 + centre[1]) } }
    }

    /// Change of ln(best rate) per unit of ln(share / (1 − share)), with its 90 % interval: 0 where
    /// rate and share can be tuned one after the other.
    package var coupling: Interval? {
        interval { c in c[3] > 0 ? -c[4] / (2 * c[3]) : nil }
    }

    private mutating func place() {
        func minimum(_ c: [Double]) -> (x: Double, y: Double)? {
            let determinant = 4 * c[3] * c[5] - c[4] * c[4]
            guard c[3] > 0, determinant > 0 else { return nil }
            return (
                (c[4] * c[2] - 2 * c[5] * c[1]) / determinant,
                (c[4] * c[1] - 2 * c[3] * c[2]) / determinant
            )
        }
        guard let best = minimum(coefficients), let x = interval({ minimum($0)?.x }),
            let y = interval({ minimum($0)?.y })
        else {
            notes = ["The surface is no bowl: it has no best point among these runs."]
            return
        }
        let rate = Self.map(x) { [centre] in exp($0 + centre[0]) }
        let share = Self.map(y) { [centre] in Self.logistic($0 + centre[1]) }
        optimum = Optimum(
            learningRate: rate,
            share: share,
            loss: Self.product(Self.line(best.x, best.y), coefficients)
        )
        if !ranges[0].contains(best.x + centre[0]) || !ranges[1].contains(best.y + centre[1]) {
            notes.append("The best point lies outside of the rates and shares tried.")
        }
        if let coupling, coupling.low > 0 || coupling.high < 0 {
            notes.append(
                "The best rate moves with the share: tune both together, or expect the best share of"
                    + " another rate to be wrong."
            )
        }
    }

    /// A function of the coefficients with its 90 % interval by its numeric gradient.
    private func interval(_ function: ([Double]) -> Double?) -> Interval? {
        guard let value = function(coefficients), value.isFinite else { return nil }
        var slopes = [Double](repeating: 0, count: 6)
        for index in 0..<6 {
            let step =
                1e-4
                * max(covariance[index][index].squareRoot(), 1e-6 * abs(coefficients[index]), 1e-12)
            var (above, below) = (coefficients, coefficients)
            above[index] += step
            below[index] -= step
            guard let high = function(above), let low = function(below) else { return nil }
            slopes[index] = (high - low) / (2 * step)
        }
        let variance = (0..<6).reduce(0) { sum, row in
            sum + slopes[row] * Self.product(covariance[row], slopes)
        }
        let half = StudentQuantile.ninetyPercent(freedom) * max(variance, 0).squareRoot()
        guard half.isFinite else { return nil }
        return Interval(value: value, low: value - half, high: value + half)
    }

    private static func map(_ interval: Interval, _ function: (Double) -> Double) -> Interval {
        Interval(
            value: function(interval.value),
            low: function(interval.low),
            high: function(interval.high)
        )
    }

    private static func line(_ x: Double, _ y: Double) -> [Double] {
        [1, x, y, x * x, x * y, y * y]
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    static func logit(_ share: Double) -> Double { log(share / (1 - share)) }
    static func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
}
