import Synchronization

/// Values by key within a number of bytes, the least recently used dropped first.
package final class LeastRecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var value: Value
        var byteCount: Int
        var lastUse: UInt64
    }

    private struct State: Sendable {
        var entries: [Key: Entry] = [:]
        var byteCount = 0
        var clock: UInt64 = 0
    }

    private let byteLimit: Int
    private let state = Mutex(State())

    package init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// The values that are known, by their place in `keys`; nil where one is not.
    package func values(_ keys: [Key]) -> [Value?] {
        state.withLock { state in
            state.clock += 1
            return keys.map { key -> Value? in
                guard let index = state.entries.index(forKey: key) else { return nil }
                state.entries.values[index].lastUse = state.clock
                return .some(state.entries.values[index].value)
            }
        }
    }

    /// Values of more than a quarter of the limit are not kept.
    package func insert(_ values: [(key: Key, value: Value, byteCount: Int)]) {
        state.withLock { state in
            state.clock += 1
            for (key, value, byteCount) in values where byteCount < byteLimit / 4 {
                let old = state.entries.updateValue(
                    Entry(value: value, byteCount: byteCount, lastUse: state.clock),
                    forKey: key
                )
                state.byteCount += byteCount - (old?.byteCount ?? 0)
            }
            if state.byteCount > byteLimit { Self.shrink(&state, to: byteLimit / 4 * 3) }
        }
    }

    private static func shrink(_ state: inout State, to byteCount: Int) {
        let oldest = state.entries.map { ($0.value.lastUse, $0.key) }.sorted { $0.0 < $1.0 }
        for (_, key) in oldest {
            guard state.byteCount > byteCount else { return }
            state.byteCount -= state.entries.removeValue(forKey: key)?.byteCount ?? 0
        }
    }
}
