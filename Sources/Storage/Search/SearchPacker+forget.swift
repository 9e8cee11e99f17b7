import Foundation
import Postgres
import Runs

extension SearchPacker {
    /// Takes runs out of every block of their project, in the transaction that removes them. Waits
    /// for a packer that is at work, whose block may hold them.
    func forget(
        _ runs: [RunID],
        of project: ProjectID,
        _ session: Session
    ) async throws(StorageError) {
        try await session.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(\("search/" + project.hex), 0))::text"
        )
        let heads = try await reading.heads([project], session)
        try await bury(IDColumn(ids: runs.map(RunKey.init).sorted()), heads, session)
    }
}
