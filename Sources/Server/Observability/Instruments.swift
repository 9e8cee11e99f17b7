import CoreMetrics
import Synchronization

/// A number that only grows.
final class CounterInstrument: CounterHandler, Sendable {
    private let total = Atomic<Int64>(0)

    func increment(by amount: Int64) { total.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { total.store(0, ordering: .relaxed) }

    var value: Int64 { total.load(ordering: .relaxed) }
}

/// A number that goes up and down; also a recorder that keeps the last value only.
final class GaugeInstrument: MeterHandler, RecorderHandler, Sendable {
    private let current = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    var value: Double { current.withLock { $0 } }
}

/// Counts values in fixed buckets. A timer's values are seconds.
final class HistogramInstrument: TimerHandler, RecorderHandler, Sendable {
    struct Snapshot: Sendable {
        /// For each bound, how many values were at most so large; one more for the rest.
        var counts: [Int64]
        var sum: Double
    }

    /// From a tenth of a millisecond, a commit to a fast disk, to half a minute.
    static let secondBounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
        10, 30,
    ]
    static let sizeBounds = [1.0, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576]

    /// Upper bounds of the buckets, ascending.
    let bounds: [Double]
    private let state: Mutex<Snapshot>

    init(bounds: [Double]) {
        self.bounds = bounds
        let counts = [Int64](repeating: 0, count: bounds.count + 1)
        state = Mutex(Snapshot(counts: counts, sum: 0))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            // One value that is no number must not spoil the sum for ever.
            if value.isFinite { state.sum += value }
        }
    }

    var snapshot: Snapshot { state.withLock { $0 } }
}
