import Foundation

/// The few calls to the file system that the spool needs, with errors that name the path.
enum SpoolFiles {
    static func makeFolder(_ path: String) throws(SpoolError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw .unusable(path: path, reason: reason(error))
        }
    }

    /// Names in a folder, sorted; none when there is no folder.
    static func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func byteCount(_ path: String) -> Int {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_size) : 0
    }

    static func read(_ path: String) throws(SpoolError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .unusable(path: path, reason: reason(error))
        }
    }

    /// Writes a file so that it is there whole or not at all, whenever the power fails.
    static func write(_ bytes: [UInt8], to path: String) throws(SpoolError) {
        let part = path + ".part-\(getpid())"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(part) }
        let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let problem = isWritten ? nil : failure(part)
        close(descriptor)
        if let problem {
            unlink(part)
            throw problem
        }
        guard rename(part, path) == 0 else { throw failure(path) }
        syncFolder((path as NSString).deletingLastPathComponent)
    }

    /// Appends and waits for the disk; what was written in part is taken back.
    static func append(_ bytes: [UInt8], to path: String) throws(SpoolError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard writeAll(bytes, to: descriptor), fdatasync(descriptor) == 0 else {
            let problem = failure(path)
            if end >= 0 { ftruncate(descriptor, end) }
            throw problem
        }
    }

    static func remove(_ path: String) throws(SpoolError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(path) }
    }

    static func failure(_ path: String) -> SpoolError {
        .unusable(path: path, reason: String(cString: strerror(errno)))
    }

    static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(underlying.code)))
        }
        return error.localizedDescription
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Foundation.write(descriptor, part.baseAddress, part.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    private static func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // A file system that cannot do this for folders does it by itself.
        fsync(descriptor)
        close(descriptor)
    }
}

/// A lock between processes, held as long as the value lives; the system frees it when the process
/// dies, however it dies.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Waits for the lock, alone or shared.
    init(_ path: String, isShared: Bool = false) throws(SpoolError) {
        descriptor = try Self.open(path)
        while flock(descriptor, isShared ? LOCK_SH : LOCK_EX) != 0 {
            guard errno == EINTR else {
                let problem = SpoolFiles.failure(path)
                close(descriptor)
                throw problem
            }
        }
    }

    /// The lock, or nil when another holds it.
    static func attempt(_ path: String) throws(SpoolError) -> FileLock? {
        let descriptor = try open(path)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return FileLock(descriptor: descriptor)
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    private static func open(_ path: String) throws(SpoolError) -> Int32 {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SpoolFiles.failure(path) }
        return descriptor
    }
}
