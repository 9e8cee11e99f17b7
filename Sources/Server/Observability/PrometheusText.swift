/// Writes instruments in the text format of Prometheus 0.0.4. Series of one name must follow each
/// other.
struct PrometheusText {
    private(set) var text = ""
    private var lastName = ""

    mutating func add(_ series: MetricsRegistry.Series, _ instrument: MetricsRegistry.Instrument) {
        let labels = series.labels.map { ($0.name, $0.value) }
        switch instrument {
        case .counter(let counter):
            begin(series.name, "counter")
            line(series.name, labels, "\(counter.value)")
        case .gauge(let gauge):
            begin(series.name, "gauge")
            line(series.name, labels, Self.number(gauge.value))
        case .histogram(let histogram):
            begin(series.name, "histogram")
            add(histogram, series.name, labels)
        }
    }

    private mutating func add(
        _ histogram: HistogramInstrument,
        _ name: String,
        _ labels: [(String, String)]
    ) {
        let snapshot = histogram.snapshot
        var total: Int64 = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], snapshot.counts) {
            total += count
            line(name + "_bucket", labels + [("le", Self.number(bound))], "\(total)")
        }
        line(name + "_sum", labels, Self.number(snapshot.sum))
        line(name + "_count", labels, "\(total)")
    }

    private mutating func begin(_ name: String, _ type: String) {
        guard name != lastName else { return }
        lastName = name
        text += "# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    /// The name with every character that Prometheus refuses replaced by an underscore.
    static func name(_ text: String) -> String {
        let bytes = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        let name = String(decoding: bytes, as: UTF8.self)
        return name.first.map { $0.isNumber } ?? true ? "_" + name : name
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C || $0 == 0x0A }) else {
            return text
        }
        return text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
