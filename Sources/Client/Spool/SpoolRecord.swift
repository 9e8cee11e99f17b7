import Foundation

/// How far a followed file was read when a record was kept.
package struct SourceMark: Sendable, Codable, Hashable {
    package var path: String
    package var device: UInt64
    package var inode: UInt64
    /// After the last line that was taken.
    package var offset: Int
    /// Checksum of the file's first bytes, which tells a rewritten file from the one that was read.
    package var prefixLength: Int
    package var prefixChecksum: UInt32
    /// Lines with metrics so far, and the greatest step of them.
    package var lineCount: Int64
    package var lastStep: Int64?

    package init(path: String, device: UInt64, inode: UInt64) {
        self.path = path
        self.device = device
        self.inode = inode
        offset = 0
        prefixLength = 0
        prefixChecksum = 0
        lineCount = 0
    }
}

/// One thing that was logged, as the spool keeps it.
package struct SpoolRecord: Sendable, Hashable {
    package enum Kind: UInt8, Sendable {
        /// First in every segment: what earlier segments knew.
        case checkpoint = 1
        /// Body of `POST /api/v1/runs`.
        case create = 2
        /// An entry of `POST /api/v1/points` without its run.
        case points = 3
        /// Body of `PATCH /api/v1/runs/{id}`.
        case patch = 4
    }

    package struct Header: Sendable, Codable, Hashable {
        /// Microseconds since 1970.
        package var time: Int64
        package var pointCount: Int?
        package var marks: [SourceMark]?
        /// The run ended here.
        package var isFinished: Bool?

        package init(
            time: Int64,
            pointCount: Int? = nil,
            marks: [SourceMark]? = nil,
            isFinished: Bool? = nil
        ) {
            self.time = time
            self.pointCount = pointCount
            self.marks = marks
            self.isFinished = isFinished
        }
    }

    package var kind: Kind
    package var header: Header
    package var body: [UInt8]

    package init(_ kind: Kind, _ header: Header, body: [UInt8] = []) {
        self.kind = kind
        self.header = header
        self.body = body
    }
}

/// Records in a file: length of the payload and its CRC-32, each 4 bytes little-endian, then the
/// payload: kind (1 byte), length of the header (4 bytes), header as JSON, body.
package enum SpoolCodec {
    package enum Step: Sendable, Hashable {
        case record(SpoolRecord, end: Int)
        /// The bytes end within a record, or before one.
        case incomplete
        /// What stands here is no record.
        case damaged
    }

    /// A payload longer than this is no payload of ours.
    package static let payloadLimit = 16 << 20
    private static let leadBytes = 8

    package static func encode(_ record: SpoolRecord) -> [UInt8] {
        // A header of numbers, texts and lists can always be written.
        let header = (try? JSONEncoder().encode(record.header)) ?? Data("{}".utf8)
        var payload: [UInt8] = [record.kind.rawValue]
        payload.append(word: UInt32(header.count))
        payload += header
        payload += record.body
        var bytes: [UInt8] = []
        bytes.reserveCapacity(leadBytes + payload.count)
        bytes.append(word: UInt32(payload.count))
        bytes.append(word: Checksum.of(payload[...]))
        return bytes + payload
    }

    package static func next(in bytes: [UInt8], at start: Int) -> Step {
        guard bytes.count - start >= leadBytes else { return .incomplete }
        let length = Int(bytes.word(at: start))
        guard (5...payloadLimit).contains(length) else { return .damaged }
        guard bytes.count - start - leadBytes >= length else { return .incomplete }
        let payload = bytes[(start + leadBytes)..<(start + leadBytes + length)]
        guard Checksum.of(payload) == bytes.word(at: start + 4),
            let kind = SpoolRecord.Kind(rawValue: payload[payload.startIndex])
        else { return .damaged }
        let headerStart = payload.startIndex + 5
        let headerLength = Int(bytes.word(at: payload.startIndex + 1))
        guard headerLength <= payload.endIndex - headerStart else { return .damaged }
        let headerBytes = payload[headerStart..<(headerStart + headerLength)]
        guard
            let header = try? JSONDecoder().decode(
                SpoolRecord.Header.self,
                from: Data(headerBytes)
            )
        else { return .damaged }
        let body = Array(payload[(headerStart + headerLength)...])
        return .record(SpoolRecord(kind, header, body: body), end: payload.endIndex)
    }
}

/// CRC-32 as in IEEE 802.3 and zip.
package enum Checksum {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
        }
    }

    package static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var value = UInt32.max
        for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8 }
        return ~value
    }
}

extension [UInt8] {
    mutating func append(word: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    func word(at index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(self[index + $1]) << (8 * UInt32($1)) }
    }
}
