import Foundation
import Runs

/// Decoded columns of search blocks. Blocks never change, so nothing in here is ever stale.
final class SearchCache: Sendable {
    struct Key: Hashable, Sendable {
        let block: UUID
        let key: SearchKey
        /// The formulas a role was read by; nil for what is stored.
        var mapping: RoleMapping?
    }

    private let columns: LeastRecentlyUsed<Key, RunColumn?>

    init(byteLimit: Int = Limits.searchCacheBytes) {
        columns = LeastRecentlyUsed(byteLimit: byteLimit)
    }

    /// The columns that are known, by their place in `keys`; nil where one is not, and within it
    /// nil where the block has no such column.
    func columns(_ keys: [Key]) -> [RunColumn??] { columns.values(keys) }

    func insert(_ columns: [(Key, RunColumn?)]) {
        self.columns.insert(columns.map { ($0, $1, 100 + ($1?.byteCount ?? 0)) })
    }
}
