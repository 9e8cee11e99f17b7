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
        let isLarge = (99.5..<1e6).contains(abs(value))
        return (isLarge ? fixed(value, digits: 0) : trimmed(value, digits: 2)) + " %"
    }

    static func loss(_ value: Double) -> String { trimmed(value, digits: 4) }

    /// Two digits: for cells of a table and differences.
    static func short(_ value: Double) -> String { trimmed(value, digits: 2) }

    /// 5.2e5 as "0.52M", 2e10 as "20B"; small whole counts in full, a batch of 4096 as "4096".
    static func count(_ value: Double) -> String {
        if (1e3..<1e4).contains(value), value == value.rounded(),
            value.truncatingRemainder(dividingBy: 10) != 0
        {
            return trimmed(value, digits: 4)
        }
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

    /// Marks of a logarithmic axis: decades over a wide range, 1, 2 and 5 over a middle one, even
    /// steps over a narrow one.
    static func ticks(_ range: ClosedRange<Double>) -> [Double] {
        let ratio = range.upperBound / range.lowerBound
        guard ratio.isFinite, ratio > 1 else { return [] }
        if ratio < 8 { return evenTicks(range) }
        let ticks = logTicks(range)
        guard ratio > 3e4 else { return ticks }
        let decades = ticks.filter { log10($0).rounded() == log10($0) }
        let stride = max(1, decades.count / 8)
        return decades.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    }

    private static func evenTicks(_ range: ClosedRange<Double>) -> [Double] {
        let rough = (range.upperBound - range.lowerBound) / 5
        let unit = pow(10, log10(rough).rounded(.down))
        let step = unit * ([1.0, 2, 5].first { $0 * unit >= rough } ?? 10)
        guard step > 0, step.isFinite else { return [] }
        let first = (range.lowerBound / step).rounded(.up)
        return (0...12).map { (first + Double($0)) * step }.filter { range.contains($0) }
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
