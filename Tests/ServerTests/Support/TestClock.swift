import Synchronization

/// A clock that a test sets, in microseconds since 1970.
final class TestClock: Sendable {
    private let time = Atomic<Int64>(0)

    var now: Int64 {
        get { time.load(ordering: .relaxed) }
        set { time.store(newValue, ordering: .relaxed) }
    }
}
