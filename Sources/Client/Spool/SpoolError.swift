/// Why the spool cannot keep something, or give it back.
package enum SpoolError: Error, Sendable, Hashable {
    /// A file or folder of it cannot be made, read or written.
    case unusable(path: String, reason: String)
    case full(path: String, limitBytes: Int)

    package var message: String {
        switch self {
        case .unusable(let path, let reason):
            "The spool cannot be used: \(path): \(reason)."
        case .full(let path, let limit):
            "The spool at \(path) is full: it holds \(limit >> 20) MiB that no server took."
        }
    }

    package var hint: String {
        switch self {
        case .unusable: "Name a folder that can be written by --spool or ISOLOSS_SPOOL."
        case .full: "Send what waits with `isoloss sync`, or see what is wrong with --status."
        }
    }
}
