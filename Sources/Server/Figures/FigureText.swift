import Foundation

/// Numbers in the words of the pages: rates as 1.70e-3, counts as 0.52M or 20B.
enum FigureText {
    /// Text without the markup that charts understand: run names are hostile input.
    static func plain(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }

    static func rate(_ value: Double) -> String { scientific(value, digits: 2) }

    /// "2e-4": marks of an axis.
    static func shortRate(_ value: Double) -> String { scientific(value, digits: 0) }

    static func percent(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return "\(trimmed(value, digits: 2)) %"
    }

    static func loss(_ value: Double) -> String { trimmed(value, digits: 4) }

    /// 5.2e5 as "0.52M", 2e10 as "20B".
    static func count(_ value: Double) -> String {
        let scales: [(least: Double, unit: Double, suffix: String)] = [
            (1e18, 1e18, "E"), (1e15, 1e15, "P"), (1e12, 1e12, "T"), (1e9, 1e9, "B"),
            (1e5, 1e6, "M"), (1e3, 1e3, "k"),
        ]
        guard let scale = scales.first(where: { value >= $0.least }) else {
            return trimmed(value, digits: 3)
        }
        let shown = value / scale.unit
        return trimmed(shown, digits: shown < 1 ? 2 : 3) + scale.suffix
    }

    static func interval(low: Double, high: Double, _ write: (Double) -> String) -> String {
        "90 % \(write(low)) – \(write(high))"
    }

    /// 1, 2 and 5 in every decade that the range touches.
    static func logTicks(_ range: ClosedRange<Double>) -> [Double] {
        let first = Int(log10(range.lowerBound).rounded(.down))
        let last = Int(log10(range.upperBound).rounded(.up))
        guard last - first <= 60 else { return [] }
        return (first...last).flatMap { power in
            [1.0, 2, 5].map { $0 * pow(10, Double(power)) }
        }.filter { range.contains($0) }
    }

    private static func scientific(_ value: Double, digits: Int) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        var power = Int(log10(abs(value)).rounded(.down))
        var mantissa = value / pow(10, Double(power))
        if fixed(abs(mantissa), digits: digits).hasPrefix("10") {
            power += 1
            mantissa /= 10
        }
        return "\(fixed(mantissa, digits: digits))e\(power)"
    }

    private static func fixed(_ value: Double, digits: Int) -> String {
        String(format: "%.\(digits)f", locale: Locale(identifier: "en_US_POSIX"), value)
    }

    /// At most this many significant digits, no zeros at the end.
    private static func trimmed(_ value: Double, digits: Int) -> String {
        String(format: "%.\(digits)g", locale: Locale(identifier: "en_US_POSIX"), value)
    }
}
