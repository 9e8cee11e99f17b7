import API
import Foundation
import Synchronization
import Runs

/// Which run a folder of the spool is for.
package struct SpoolTarget: Sendable, Codable, Hashable {
    /// Address of the server.
    package var server: String
    /// 32 hexadecimal digits; nil until the server said which run has the name.
    package var run: String?
    package var project: String?
    package var name: String?

    package init(server: String, run: String?, project: String? = nil, name: String? = nil) {
        self.server = server
        self.run = run
        self.project = project
        self.name = name
    }

    /// For messages.
    package var shown: String {
        name.map { name in project.map { "\($0)/\(name)" } ?? name } ?? run ?? "a run"
    }
}

/// The records of one run on disk, in segments that are only appended to.
///
/// 1. Appending holds `append.lock`, sending `send.lock`: any number of processes may do either.
/// 2. A record is kept once `append` returned: the disk has it. A record that was cut by a crash is
///    never read as one, and a new segment begins behind it.
/// 3. A segment begins with a checkpoint, so that the earlier ones can go once they are sent.
package final class RunSpool: Sendable {
    static let segmentBytes = 1 << 20
    private static let magic = Array("ISOSPL1\n".utf8)
    static let segmentHeaderBytes = 16

    package let folder: String
    private let root: String
    private let limitBytes: Int
    private let tail = Mutex<Tail?>(nil)

    /// What the newest segment says, up to a size that is checked before it is used.
    private struct Tail: Sendable {
        var segment: Int
        var byteCount: Int
        var isSound: Bool
        var checkpoint: SpoolRecord.Header
    }

    init(folder: String, root: String, limitBytes: Int) {
        self.folder = folder
        self.root = root
        self.limitBytes = limitBytes
    }

    /// Whether anything was ever kept for the run.
    package var isEmpty: Bool { segments().isEmpty }

    package func target() throws(SpoolError) -> SpoolTarget {
        let path = folder + "/run.json"
        let bytes = try SpoolFiles.read(path)
        do {
            return try JSONDecoder().decode(SpoolTarget.self, from: Data(bytes))
        } catch {
            throw .unusable(path: path, reason: "it does not say which run it is for")
        }
    }

    func write(_ target: SpoolTarget) throws(SpoolError) {
        try SpoolFiles.write(Self.json(target), to: folder + "/run.json")
    }

    /// What is known at the end of the records: marks of followed files, whether the run ended.
    package func checkpoint() throws(SpoolError) -> SpoolRecord.Header {
        let lock = try FileLock(folder + "/append.lock", isShared: true)
        defer { withExtendedLifetime(lock) {} }
        return try readTail()?.checkpoint ?? SpoolRecord.Header(time: 0)
    }

    /// Keeps records; returns when the disk has them all.
    package func append(_ records: [SpoolRecord]) throws(SpoolError) {
        guard let first = records.first else { return }
        let lock = try FileLock(folder + "/append.lock")
        defer { withExtendedLifetime(lock) {} }
        var tail = try readTail()
        if tail.map({ !$0.isSound || $0.byteCount >= Self.segmentBytes }) ?? true {
            tail = try begin(after: tail, time: first.header.time)
        }
        guard var tail else { return }
        let bytes = records.flatMap(SpoolCodec.encode)
        try SpoolFiles.append(bytes, to: path(tail.segment))
        tail.byteCount += bytes.count
        for record in records { tail.checkpoint.take(record.header) }
        self.tail.withLock { $0 = tail }
    }

    /// Numbers of the segments, ascending.
    func segments() -> [Int] {
        SpoolFiles.names(in: folder).compactMap { name in
            name.hasSuffix(".log") ? Int(name.dropLast(4)) : nil
        }.sorted()
    }

    func path(_ segment: Int) -> String {
        let digits = "\(segment)"
        return "\(folder)/\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).log"
    }

    /// Names a segment for the server, the same for every process and for no other segment.
    static func nonce(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= segmentHeaderBytes, bytes.starts(with: magic) else { return nil }
        return bytes[magic.count..<segmentHeaderBytes].map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Bytes that the disk has, of the newest segment or of one that grows no more.
    func durableBytes(_ segment: Int) throws(SpoolError) -> [UInt8] {
        let lock = try FileLock(folder + "/append.lock", isShared: true)
        defer { withExtendedLifetime(lock) {} }
        return try SpoolFiles.read(path(segment))
    }

    static func json(_ value: some Encodable) -> [UInt8] {
        // Records of texts and numbers can always be written.
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8]((try? encoder.encode(value)) ?? Data())
    }

    private func readTail() throws(SpoolError) -> Tail? {
        guard let segment = segments().last else { return nil }
        let size = SpoolFiles.byteCount(path(segment))
        let known = tail.withLock { $0 }
        if let known, known.segment == segment, known.byteCount == size { return known }
        let bytes = try SpoolFiles.read(path(segment))
        var checkpoint = SpoolRecord.Header(time: 0)
        var position = Self.segmentHeaderBytes
        let isOurs = Self.nonce(bytes) != nil
        while isOurs, case .record(let record, let end) = SpoolCodec.next(in: bytes, at: position) {
            checkpoint.take(record.header)
            position = end
        }
        return Tail(
            segment: segment,
            byteCount: bytes.count,
            isSound: isOurs && position == bytes.count,
            checkpoint: checkpoint
        )
    }

    private func begin(after tail: Tail?, time: Int64) throws(SpoolError) -> Tail {
        guard SpoolFolder.byteCount(below: root) < limitBytes else {
            throw .full(path: root, limitBytes: limitBytes)
        }
        var checkpoint = tail?.checkpoint ?? SpoolRecord.Header(time: time)
        checkpoint.time = time
        var generator = SystemRandomNumberGenerator()
        var bytes = Self.magic + (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes += SpoolCodec.encode(SpoolRecord(.checkpoint, checkpoint))
        let segment = (tail?.segment ?? 0) + 1
        try SpoolFiles.write(bytes, to: path(segment))
        return Tail(
            segment: segment,
            byteCount: bytes.count,
            isSound: true,
            checkpoint: checkpoint
        )
    }
}

extension SpoolRecord.Header {
    /// Learns what a later record says.
    mutating func take(_ later: Self) {
        time = max(time, later.time)
        if let finished = later.isFinished { isFinished = finished }
        for mark in later.marks ?? [] {
            var marks = (marks ?? []).filter { $0.path != mark.path }
            marks.append(mark)
            self.marks = marks
        }
    }
}
