import Foundation
import Runs
import Synchronization

/// Decoded columns of search blocks, the least recently used dropped first. Blocks never change, so
/// nothing in here is ever stale.
final class SearchCache: Sendable {
    struct Key: Hashable, Sendable {
        let block: UUID
        let key: SearchKey
        /// The formulas a role was read by; nil for what is stored.
        var mapping: RoleMapping?
    }

    private struct Entry {
        /// nil when the block has no such column.
        var column: RunColumn?
        var byteCount: Int
        var lastUse: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var byteCount = 0
        var clock: UInt64 = 0
    }

    private let byteLimit: Int
    private let state = Mutex(State())

    init(byteLimit: Int = Limits.searchCacheBytes) { self.byteLimit = byteLimit }

    /// The columns that are known, by their place in `keys`; nil where one is not.
    func columns(_ keys: [Key]) -> [RunColumn??] {
        state.withLock { state in
            state.clock += 1
            return keys.map { key -> RunColumn?? in
                guard let index = state.entries.index(forKey: key) else { return nil }
                state.entries.values[index].lastUse = state.clock
                return .some(state.entries.values[index].column)
            }
        }
    }

    func insert(_ columns: [(Key, RunColumn?)]) {
        let sized = columns.map { ($0, $1, 100 + ($1?.byteCount ?? 0)) }
        state.withLock { state in
            state.clock += 1
            for (key, column, byteCount) in sized where byteCount < byteLimit / 4 {
                let old = state.entries.updateValue(
                    Entry(column: column, byteCount: byteCount, lastUse: state.clock),
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
