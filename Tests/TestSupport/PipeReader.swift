package import Foundation

/// Reads what a program writes while it runs.
package enum PipeReader {
    /// - Parameter take: gets each piece as it comes, then nil at the end.
    package static func read(
        _ pipe: Pipe,
        _ take: @escaping @Sendable (String?) -> Void
    ) {
        let handle = pipe.fileHandleForReading
        // A thread of its own: handlers of readable files share one event loop, which does not
        // survive all ways in which a file can close.
        Thread.detachNewThread {
            while true {
                let data = handle.availableData
                if data.isEmpty { return take(nil) }
                take(String(decoding: data, as: UTF8.self))
            }
        }
    }
}
