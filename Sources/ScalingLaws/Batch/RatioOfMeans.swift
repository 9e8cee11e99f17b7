import Foundation

/// Ratio of two means of paired numbers with a 90 % interval; Fieller, Some problems in interval
/// estimation, 1954.
struct RatioOfMeans {
    let numerator: Interval
    let denominator: Interval
    private let quantile: Double
    private let freedom: Int
    /// Variances and covariance of the means.
    private let top: Double
    private let bottom: Double
    private let both: Double

    /// - Parameters: two columns of equal length, at least 2.
    init(numerators: [Double], denominators: [Double]) {
        let count = Double(numerators.count)
        let x = numerators.reduce(0, +) / count
        let y = denominators.reduce(0, +) / count
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(numerators, denominators) {
            xx += (a - x) * (a - x)
            yy += (b - y) * (b - y)
            xy += (a - x) * (b - y)
        }
        let scale = 1 / (count * (count - 1))
        (top, bottom, both) = (xx * scale, yy * scale, xy * scale)
        freedom = numerators.count - 1
        quantile = StudentQuantile.ninetyPercent(freedom)
        numerator = Self.mean(x, top, quantile)
        denominator = Self.mean(y, bottom, quantile)
    }

    private static func mean(_ value: Double, _ variance: Double, _ quantile: Double) -> Interval {
        let half = quantile * variance.squareRoot()
        return Interval(value: value, low: value - half, high: value + half)
    }

    /// nil when the denominator cannot be told from 0: the interval is then not bounded. The low
    /// end is never below a thousandth of the value, as a ratio of variances is positive.
    var fieller: Interval? {
        let (x, y) = (numerator.value, denominator.value)
        let t = quantile * quantile
        let a = y * y - t * bottom
        let b = x * y - t * both
        let c = x * x - t * top
        let root = max(b * b - a * c, 0).squareRoot()
        guard a > 0, y != 0 else { return nil }
        let value = x / y
        let (low, high) = ((b - root) / a, (b + root) / a)
        guard value > 0, high.isFinite else { return nil }
        return Interval(
            value: value,
            low: max(min(low, value), value / 1e3),
            high: max(high, value)
        )
    }

    /// ln of ratios of drawn means, both positive.
    func logDraws(_ count: Int, _ random: inout SplitMix64) -> [Double] {
        let noise = NoiseDraws(scale: 1, freedom: freedom)
        let sd = bottom.squareRoot()
        let slope = bottom > 0 ? both / bottom : 0
        let rest = max(top - slope * both, 0).squareRoot()
        var draws: [Double] = []
        for _ in 0..<count {
            let scale = noise.nextScale(&random)
            let shift = scale * sd * random.normal()
            let y = denominator.value + shift
            let x = numerator.value + slope * shift + scale * rest * random.normal()
            if x > 0, y > 0 { draws.append(log(x / y)) }
        }
        return draws
    }
}
