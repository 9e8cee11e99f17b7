import Client
import Foundation

/// Where followed lines come from.
protocol LineSource: AnyObject {
    /// How far the lines that were handed out reach, for going on after a restart; nil when the
    /// source cannot be read again.
    var mark: SourceMark? { get }
    /// Lines that came since the last time; may wait for some a moment.
    func next() throws(Failure) -> SourcePart
    /// The last line, if its end is missing.
    func finish() -> LineCutter.Line?
}

struct SourcePart {
    var lines: [LineCutter.Line] = []
    /// These lines are of another file than those before.
    var isNewFile = false
    var isAtEnd = false
}

/// Standard input: a pipe from the job.
final class PipeSource: LineSource {
    private var cutter = LineCutter(offset: 0)
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    var mark: SourceMark? { nil }

    func next() throws(Failure) -> SourcePart {
        var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 200) > 0 else { return SourcePart() }
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return SourcePart() }
        guard count > 0 else { return SourcePart(isAtEnd: true) }
        return SourcePart(lines: cutter.take(Array(buffer[..<count])))
    }

    func finish() -> LineCutter.Line? { cutter.finish() }
}

/// A file that another program appends to, replaces or truncates.
///
/// 1. Bytes are read once: after a restart from the mark, unless the file is another one or begins
///    otherwise than it did.
/// 2. A replaced file is read to its end before the new one is begun.
final class FileSource: LineSource {
    static let prefixBytes = 256

    private let path: String
    private var file: FileHandle?
    private var cutter: LineCutter
    private var state: SourceMark

    /// - Parameter mark: how far an earlier process read.
    init(path: String, mark: SourceMark?) {
        self.path = path
        state = mark ?? SourceMark(path: path, device: 0, inode: 0)
        cutter = LineCutter(offset: state.offset)
    }

    var mark: SourceMark? {
        var mark = state
        mark.offset = cutter.offset
        return mark
    }

    /// Its first line, which in a table is the header, as far as it is there.
    func firstLine() -> [UInt8]? {
        guard let handle = try? FileHandle(forReadingFrom: URL(filePath: path)),
            let data = try? handle.read(upToCount: LineCutter.lineLimit),
            let end = data.firstIndex(of: 0x0A)
        else { return nil }
        return [UInt8](data[..<end])
    }

    func next() throws(Failure) -> SourcePart {
        var part = SourcePart()
        guard let current = identity() else { return part }
        if file == nil {
            guard try open() else { return part }
            let isSame = state.device == current.device && state.inode == current.inode
            if !isSame || current.size < cutter.readOffset || !hasSamePrefix() {
                part.isNewFile = true
                startOver(current)
            }
        }
        let isReplaced = state.device != current.device || state.inode != current.inode
        let isTruncated = !isReplaced && current.size < cutter.readOffset
        if isTruncated || (!isReplaced && current.size > cutter.readOffset && !hasSamePrefix()) {
            part.isNewFile = true
            startOver(current)
        }
        let bytes = try read()
        part.lines = cutter.take(bytes)
        extendPrefix()
        if bytes.isEmpty, isReplaced {
            // The old file's last line will not be ended any more.
            if let last = cutter.finish() { part.lines.append(last) }
            file = nil
            if part.lines.isEmpty { return try next() }
        }
        return part
    }

    func finish() -> LineCutter.Line? { cutter.finish() }

    private func open() throws(Failure) -> Bool {
        do {
            file = try FileHandle(forReadingFrom: URL(filePath: path))
            return true
        } catch {
            guard FileManager.default.fileExists(atPath: path) else { return false }
            throw .data("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    private func startOver(_ current: (device: UInt64, inode: UInt64, size: Int)) {
        cutter = LineCutter(offset: 0)
        state.device = current.device
        state.inode = current.inode
        state.prefixLength = 0
        state.prefixChecksum = Checksum.of([])
    }

    private func identity() -> (device: UInt64, inode: UInt64, size: Int)? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return (
            UInt64(information.st_dev), UInt64(information.st_ino), Int(information.st_size)
        )
    }

    private func read() throws(Failure) -> [UInt8] {
        do {
            try file?.seek(toOffset: UInt64(cutter.readOffset))
            return [UInt8](try file?.read(upToCount: 1 << 20) ?? Data())
        } catch {
            throw .data("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    private func prefix(_ length: Int) -> [UInt8] {
        guard length > 0, (try? file?.seek(toOffset: 0)) != nil else { return [] }
        return [UInt8]((try? file?.read(upToCount: length)) ?? Data())
    }

    private func hasSamePrefix() -> Bool {
        Checksum.of(prefix(state.prefixLength)[...]) == state.prefixChecksum
    }

    private func extendPrefix() {
        let length = min(Self.prefixBytes, cutter.offset)
        guard length > state.prefixLength else { return }
        let bytes = prefix(length)
        state.prefixLength = bytes.count
        state.prefixChecksum = Checksum.of(bytes[...])
    }
}
