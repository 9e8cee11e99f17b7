import Foundation

// What the sender needs of a run's records; the caller holds `send.lock`.
extension RunSpool {
    static let blockPointCount = 50_000
    static let blockBytes = 4 << 20
    static let blockRecordCount = 1_024

    /// The lock of sending, or nil when another process sends.
    func lockForSending() throws(SpoolError) -> FileLock? {
        try FileLock.attempt(folder + "/send.lock")
    }

    package func progress() -> SendProgress {
        guard let bytes = try? SpoolFiles.read(folder + "/sent.json"),
            let progress = try? JSONDecoder().decode(SendProgress.self, from: Data(bytes))
        else { return SendProgress() }
        return progress
    }

    func write(_ progress: SendProgress) throws(SpoolError) {
        try SpoolFiles.write(Self.json(progress), to: folder + "/sent.json")
    }

    /// The next block with its key, or nil when nothing waits. Moves `progress` over what needs no
    /// sending, and removes segments that are done with.
    func nextBlock(
        _ progress: inout SendProgress
    ) throws(SpoolError) -> (block: SpoolBlock, key: String)? {
        while true {
            let segments = segments()
            guard let segment = segments.first(where: { $0 >= progress.segment }) else {
                return nil
            }
            if segment > progress.segment {
                progress.segment = segment
                progress.offset = Self.segmentHeaderBytes
                progress.pendingEnd = nil
            }
            let bytes = try durableBytes(segment)
            if let nonce = Self.nonce(bytes) {
                skipCheckpoints(bytes, &progress)
                if let block = Self.block(bytes, progress) {
                    return (block, "\(nonce)-\(block.start)-\(block.end)")
                }
            }
            // The newest segment may still grow.
            guard segment < segments.last ?? 0 else { return nil }
            try leave(segment, bytes, &progress)
        }
    }

    /// Points, bytes and time of the first record that wait. Reads all that waits.
    package func waiting() throws(SpoolError) -> (points: Int, records: Int, since: Int64?) {
        let progress = progress()
        var points = 0
        var records = 0
        var since: Int64?
        for segment in segments() where segment >= progress.segment {
            let bytes = try durableBytes(segment)
            let isCurrent = segment == progress.segment
            var position = isCurrent ? progress.offset : Self.segmentHeaderBytes
            guard Self.nonce(bytes) != nil else { continue }
            while case .record(let record, let end) = SpoolCodec.next(in: bytes, at: position) {
                position = end
                guard record.kind != .checkpoint else { continue }
                points += record.header.pointCount ?? 0
                records += 1
                since = since ?? record.header.time
            }
        }
        return (points, records, since)
    }

    package func refusedCount() -> Int { SpoolFiles.names(in: folder + "/refused").count }

    /// Keeps a block that no server will take, with the reason, for people to look at.
    func setAside(_ block: SpoolBlock, run: String, reason: String) throws(SpoolError) {
        struct Refused: Encodable {
            let reason: String
            let points: Int
            let request: String
        }
        let refused = Refused(
            reason: reason,
            points: block.pointCount,
            request: String(decoding: block.body(run: run), as: UTF8.self)
        )
        try SpoolFiles.makeFolder(folder + "/refused")
        let path = "\(folder)/refused/\(block.segment)-\(block.start).json"
        try SpoolFiles.write(Self.json(refused), to: path)
    }

    private func skipCheckpoints(_ bytes: [UInt8], _ progress: inout SendProgress) {
        while case .record(let record, let end) = SpoolCodec.next(in: bytes, at: progress.offset),
            record.kind == .checkpoint
        {
            progress.offset = end
        }
    }

    private static func block(_ bytes: [UInt8], _ progress: SendProgress) -> SpoolBlock? {
        var records: [SpoolRecord] = []
        var position = progress.offset
        var points = 0
        let recordLimit = progress.recordLimit ?? blockRecordCount
        while case .record(let record, let end) = SpoolCodec.next(in: bytes, at: position) {
            points += record.header.pointCount ?? 0
            if let first = records.first {
                guard first.kind == .points, record.kind == .points else { break }
                if let pendingEnd = progress.pendingEnd {
                    guard end <= pendingEnd else { break }
                } else {
                    guard points <= blockPointCount, records.count < recordLimit,
                        end - progress.offset <= blockBytes
                    else { break }
                }
            }
            records.append(record)
            position = end
        }
        guard let kind = records.first?.kind else { return nil }
        return SpoolBlock(
            kind: kind,
            segment: progress.segment,
            start: progress.offset,
            end: position,
            records: records
        )
    }

    /// Goes on from a segment that grows no more. What cannot be read at its end was cut by a crash
    /// and never acknowledged, or is damaged and kept.
    private func leave(
        _ segment: Int,
        _ bytes: [UInt8],
        _ progress: inout SendProgress
    ) throws(SpoolError) {
        let isDamaged =
            Self.nonce(bytes) == nil
            || SpoolCodec.next(in: bytes, at: min(progress.offset, bytes.count)) == .damaged
        if isDamaged {
            try SpoolFiles.makeFolder(folder + "/refused")
            let rest = Array(bytes[min(progress.offset, bytes.count)...])
            try SpoolFiles.write(rest, to: "\(folder)/refused/\(segment)-damaged.bin")
        }
        progress.segment = segment + 1
        progress.offset = Self.segmentHeaderBytes
        progress.pendingEnd = nil
        try write(progress)
        try SpoolFiles.remove(path(segment))
    }
}
