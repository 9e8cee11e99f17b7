import Foundation

/// Numbers as a table shows them; JSON always has all digits.
package enum NumberFormat {
    /// Three significant digits with k, M, B or T from a thousand on: 1.07B, 512, 12.3k.
    package static func count(_ value: Double) -> String {
        guard value.isFinite else { return plain(value) }
        for (factor, suffix) in [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")]
        where value.magnitude >= factor * 0.9995 {
            return value.magnitude < factor * 999.5 || suffix == "T"
                ? significant(value / factor) + suffix : plain(value)
        }
        return significant(value)
    }

    /// Three significant digits in scientific notation: 1.23e-3.
    package static func rate(_ value: Double) -> String {
        guard value.isFinite else { return plain(value) }
        let text = String(format: "%.2e", value)
        let parts = text.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
        return "\(parts[0])e\(exponent)"
    }

    /// A loss: four decimals.
    package static func loss(_ value: Double) -> String {
        value.isFinite ? String(format: "%.4f", value) : plain(value)
    }

    package static func percent(_ value: Double) -> String {
        guard value.isFinite else { return plain(value) }
        return String(format: value.magnitude < 0.1 ? "%.3f %%" : "%.2f %%", value)
    }

    /// A number of any unit: counts short, losses with four decimals, FLOPs and what is tiny or
    /// huge in scientific notation.
    package static func text(_ value: Double, unit: String = "1") -> String {
        switch unit {
        case "nats per token": return loss(value)
        case "%": return percent(value)
        case "FLOPs": return rate(value)
        default: break
        }
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : plain(value) }
        if value.magnitude < 1e-2 || value.magnitude >= 1e15 { return rate(value) }
        if value.magnitude >= 1e3 { return count(value) }
        return String(format: "%.4g", value)
    }

    /// A number with so many significant digits, whatever its size.
    package static func significant(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return plain(value) }
        return String(format: "%.\(max(1, digits))g", value)
    }

    /// Microseconds since 1970 as date and minute, universal time.
    package static func time(_ microseconds: Int64?) -> String {
        guard let microseconds, microseconds > 0 else { return "–" }
        let text = Date(timeIntervalSince1970: Double(microseconds) / 1e6).ISO8601Format()
        return text.prefix(16).replacing("T", with: " ") + "Z"
    }

    private static func significant(_ value: Double) -> String {
        let text = String(format: "%.3g", value)
        return text.contains("e") ? String(format: "%.0f", value) : text
    }

    private static func plain(_ value: Double) -> String {
        value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : "\(value)"
    }
}
