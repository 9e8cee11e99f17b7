import Foundation

/// 90 % intervals from draws.
enum DrawInterval {
    /// Farthest that an interval reaches from its value, in ln: beyond, nothing is known.
    private static let farthest = 100.0

    /// The value with the draws' 5 % and 95 % quantiles, which are made to enclose it.
    static func plain(_ value: Double, _ draws: [Double]) -> Interval {
        Quantiles.interval(value, draws) ?? Interval(value: value, low: value, high: value)
    }

    /// The same on the scale of exp.
    static func exponential(_ logValue: Double, _ draws: [Double]) -> Interval {
        let interval = plain(logValue, draws)
        return Interval(
            value: exp(logValue),
            low: exp(max(interval.low, logValue - farthest)),
            high: exp(min(interval.high, logValue + farthest))
        )
    }
}

/// Residual noise for resampling: its scale is itself drawn, as few residuals leave it uncertain,
/// which makes intervals as wide as Student's.
struct NoiseDraws {
    let scale: Double
    let freedom: Int

    func nextScale(_ random: inout SplitMix64) -> Double {
        guard scale > 0, freedom > 0 else { return 0 }
        let f = Double(freedom)
        guard freedom <= 40 else {
            // Wilson and Hilferty's cube.
            let root = 1 - 2 / (9 * f) + random.normal() * (2 / (9 * f)).squareRoot()
            return scale / pow(max(root, 0.1), 1.5)
        }
        var squares = 0.0
        for _ in 0..<freedom {
            let normal = random.normal()
            squares += normal * normal
        }
        return scale * (f / max(squares, 1e-3)).squareRoot()
    }
}

/// Numbers inside sentences and names.
enum BatchText {
    /// Four significant digits.
    static func number(_ value: Double) -> String {
        String(format: "%.4g", value)
    }

    /// 0.41M, 1.12M, 96.3k.
    static func tokens(_ value: Double) -> String {
        switch value {
        case 1e12...: String(format: "%.3gT", value / 1e12)
        case 1e9...: String(format: "%.3gB", value / 1e9)
        case 1e6...: String(format: "%.3gM", value / 1e6)
        case 1e3...: String(format: "%.3gk", value / 1e3)
        default: String(format: "%.3g", value)
        }
    }
}
