import Glibc

/// An exclusive lock on a data directory, held as long as the value lives; the system frees it when
/// the process dies, however it dies.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    init(path: String, directory: String) throws(EmbeddedPostgresError) {
        // Close-on-exec: the database server must not inherit the lock and outlive us with it.
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw .directory(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            var bytes = [UInt8](repeating: 0, count: 32)
            let length = max(0, read(opened, &bytes, bytes.count))
            close(opened)
            let holder = String(decoding: bytes.prefix(length), as: UTF8.self)
            throw .inUse(directory: directory, processID: holder.isEmpty ? "unknown" : holder)
        }
        let text = Array("\(getpid())".utf8)
        ftruncate(opened, 0)
        _ = pwrite(opened, text, text.count, 0)  // only for the sentence of `inUse`
        descriptor = opened
    }

    deinit { close(descriptor) }
}
