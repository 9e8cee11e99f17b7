import Foundation
import Runs
import Synchronization

/// What blocks add to the overview of their project, by everything it depends on.
final class OverviewCache: Sendable {
    struct Key: Hashable, Sendable {
        let block: UUID
        let mapping: RoleMapping
        let isShown: [Bool]
    }

    private let overviews = Mutex<[UUID: (Key, RunOverview)]>([:])
    private static let limit = 10_000

    func overview(_ key: Key) -> RunOverview? {
        overviews.withLock { overviews in
            guard let (known, overview) = overviews[key.block], known == key else { return nil }
            return overview
        }
    }

    func insert(_ key: Key, _ overview: RunOverview) {
        overviews.withLock { overviews in
            if overviews.count >= Self.limit { overviews.removeAll() }
            overviews[key.block] = (key, overview)
        }
    }
}
