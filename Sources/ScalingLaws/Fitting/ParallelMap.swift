import Foundation
import LinearAlgebra
import Synchronization

/// Results of independent pieces of work, in their order, on all cores but one: the server on this
/// machine has points to take in meanwhile. Every piece has its own seed, so the number of cores
/// never changes a result.
package enum ParallelMap {
    package static func map<Value: Sendable>(
        _ count: Int,
        _ work: @Sendable (Int) -> Value
    ) -> [Value] {
        let threads = max(1, min(Processors.count - 1, count))
        guard threads > 1 else { return (0..<count).map(work) }
        let parts = Mutex<[Int: [Value]]>([:])
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            let own = stride(from: thread, to: count, by: threads).map(work)
            parts.withLock { $0[thread] = own }
        }
        let found = parts.withLock { $0 }
        return (0..<count).compactMap { found[$0 % threads]?[$0 / threads] }
    }
}
