import Glibc

enum ProcessorTime {
    /// A result and the seconds of processor time it took.
    static func of<Value>(_ work: () throws -> Value) rethrows -> (Value, Double) {
        var (before, after) = (timespec(), timespec())
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before)
        let value = try work()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after)
        let nanoseconds = Double(after.tv_nsec - before.tv_nsec)
        return (value, Double(after.tv_sec - before.tv_sec) + nanoseconds / 1e9)
    }
}
