/// Cuts a stream of bytes into lines. A line that is not ended waits for its rest.
package struct LineCutter: Sendable {
    /// A line without its end, and the offset behind it.
    package struct Line: Sendable, Hashable {
        package var bytes: ArraySlice<UInt8>
        package var end: Int
    }

    /// A longer line is no line of a log; it is passed over.
    package static let lineLimit = 1 << 20

    /// Offset of the first byte that belongs to no line yet.
    package private(set) var offset: Int
    private var rest: [UInt8] = []
    /// Bytes of an overlong line that were passed over.
    private var skipped = 0
    package private(set) var overlongCount = 0

    package init(offset: Int) { self.offset = offset }

    /// Offset up to which bytes were taken in.
    package var readOffset: Int { offset + skipped + rest.count }

    /// Takes in the bytes that follow and returns the lines they end.
    package mutating func take(_ bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            let length = skipped + rest.count + end - start
            if skipped > 0 || length > Self.lineLimit {
                overlongCount += 1
            } else if rest.isEmpty {
                lines.append(Line(bytes: bytes[start..<end], end: offset + length + 1))
            } else {
                rest += bytes[start..<end]
                lines.append(Line(bytes: rest[...], end: offset + length + 1))
            }
            offset += length + 1
            skipped = 0
            rest = []
            start = end + 1
        }
        rest += bytes[start...]
        if rest.count > Self.lineLimit {
            skipped += rest.count
            rest = []
        }
        return lines
    }

    /// What waits for its end, as a line; for when no more will come.
    package mutating func finish() -> Line? {
        guard skipped == 0, !rest.isEmpty else { return nil }
        offset += rest.count
        defer { rest = [] }
        return Line(bytes: rest[...], end: offset)
    }
}
