package import CoreMetrics
import Synchronization

/// The backend of swift-metrics: keeps every instrument of the process and writes them as
/// Prometheus text.
///
/// 1. The same label with the same dimensions is the same instrument, for good: a counter never
///    goes back because its maker let go of it.
/// 2. The number of series is bounded; one beyond the bound is counted, but not shown.
/// 3. Making an instrument takes a lock; using one takes an atomic, or a lock of its own.
package final class MetricsRegistry: MetricsFactory, Sendable {
    struct Series: Hashable, Sendable {
        var name: String
        /// Names and values in the order of the names.
        var labels: [Label]
    }

    struct Label: Hashable, Sendable {
        var name: String
        var value: String
    }

    enum Instrument: Sendable {
        case counter(CounterInstrument)
        case gauge(GaugeInstrument)
        case histogram(HistogramInstrument)
    }

    static let seriesLimit = 2_000

    private let instruments = Mutex<[Series: Instrument]>([:])

    package init() {}

    /// The registry that the whole process records into. Touching it once makes it the backend of
    /// swift-metrics, which can be set only once a process.
    package static let shared: MetricsRegistry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    package func makeCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any CounterHandler {
        let made = instrument(label, dimensions) { .counter(CounterInstrument()) }
        if case .counter(let counter) = made { return counter }
        return CounterInstrument()
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return gauge(label, dimensions) }
        return histogram(label, dimensions, HistogramInstrument.sizeBounds)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, HistogramInstrument.secondBounds)
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// Every series in the text format of Prometheus 0.0.4, in the order of names and labels.
    package func text() -> String {
        let all = instruments.withLock { $0 }
        let sorted = all.sorted { left, right in
            left.key.name != right.key.name
                ? left.key.name < right.key.name
                : left.key.labels.lexicographicallyPrecedes(right.key.labels) {
                    ($0.name, $0.value) < ($1.name, $1.value)
                }
        }
        var text = PrometheusText()
        for (series, instrument) in sorted { text.add(series, instrument) }
        return text.text
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeInstrument {
        let made = instrument(label, dimensions) { .gauge(GaugeInstrument()) }
        if case .gauge(let gauge) = made { return gauge }
        return GaugeInstrument()
    }

    private func histogram(
        _ label: String,
        _ dimensions: [(String, String)],
        _ bounds: [Double]
    ) -> HistogramInstrument {
        let made = instrument(label, dimensions) { .histogram(HistogramInstrument(bounds: bounds)) }
        if case .histogram(let histogram) = made { return histogram }
        return HistogramInstrument(bounds: bounds)
    }

    private func instrument(
        _ label: String,
        _ dimensions: [(String, String)],
        _ make: () -> Instrument
    ) -> Instrument {
        let labels = dimensions.map {
            Label(name: PrometheusText.name($0.0), value: $0.1)
        }.sorted { $0.name < $1.name }
        let series = Series(name: PrometheusText.name(label), labels: labels)
        return instruments.withLock { instruments in
            if let known = instruments[series] { return known }
            let new = make()
            if instruments.count < Self.seriesLimit { instruments[series] = new }
            return new
        }
    }
}
