import Dispatch

/// Runs work that computes for long on a thread of its own, so that it never holds one of the few
/// threads that answer requests. One piece of work at a time.
package actor ComputeThread {
    private final class Executor: SerialExecutor {
        let queue: DispatchQueue

        init(label: String) { queue = DispatchQueue(label: label, qos: .utility) }

        func enqueue(_ job: consuming ExecutorJob) {
            let unowned = UnownedJob(job)
            let executor = asUnownedSerialExecutor()
            queue.async { unowned.runSynchronously(on: executor) }
        }

        func asUnownedSerialExecutor() -> UnownedSerialExecutor {
            UnownedSerialExecutor(ordinary: self)
        }
    }

    private let executor: Executor

    package init(label: String) { executor = Executor(label: label) }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    package func run<Value: Sendable, Failure: Error>(
        _ work: @Sendable () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try work()
    }
}
