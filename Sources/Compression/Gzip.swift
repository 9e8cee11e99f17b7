import CZlib

/// Compresses and decompresses gzip (RFC 1952) in memory, with a bound on what comes out.
package enum Gzip {
    /// Whether the bytes begin as gzip does.
    package static func isGzip(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: [0x1F, 0x8B])
    }

    /// Decompresses one or more gzip members that follow each other.
    /// - Parameter limit: the most bytes that may come out; a small file can unpack to any size.
    package static func decompress(
        _ bytes: [UInt8],
        limit: Int
    ) throws(CompressionError) -> [UInt8] {
        guard isGzip(bytes) else { throw .notGzip }
        return try inflate(bytes, windowBits: gzipWindowBits, limit: limit) { rest in isGzip(rest) }
    }

    /// `continues` says whether what follows the end of a stream is another one.
    static func inflate(
        _ bytes: [UInt8],
        windowBits: Int32,
        limit: Int,
        _ continues: (ArraySlice<UInt8>) -> Bool
    ) throws(CompressionError) -> [UInt8] {
        var stream = z_stream()
        try check(inflateInit2_(&stream, windowBits, ZLIB_VERSION, streamSize), stream)
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: bufferBytes)
        var position = 0
        while true {
            let step = inflateStep(&stream, bytes, from: position, into: &buffer)
            position += step.consumed
            guard output.count + step.produced <= limit else { throw .tooLarge(limit: limit) }
            output.append(contentsOf: buffer[..<step.produced])
            switch step.status {
            case Z_STREAM_END:
                guard continues(bytes[position...]) else { return output }
                try check(inflateReset(&stream), stream)
            case Z_OK:
                continue
            case Z_BUF_ERROR:
                throw .truncated
            default:
                throw .corrupt(reason: reason(stream))
            }
        }
    }

    /// Compresses to one gzip member. The same bytes give the same result.
    /// - Parameter level: 1, fastest, to 9, smallest.
    package static func compress(
        _ bytes: [UInt8],
        level: Int = 6
    ) throws(CompressionError) -> [UInt8] {
        var stream = z_stream()
        try check(
            deflateInit2_(
                &stream,
                Int32(min(9, max(1, level))),
                Z_DEFLATED,
                gzipWindowBits,
                8,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                streamSize
            ),
            stream
        )
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: bufferBytes)
        var position = 0
        while true {
            let step = deflateStep(&stream, bytes, from: position, into: &buffer)
            position += step.consumed
            output.append(contentsOf: buffer[..<step.produced])
            if step.status == Z_STREAM_END { return output }
            guard step.status == Z_OK else { throw .corrupt(reason: reason(stream)) }
        }
    }

    /// 32 KiB window, plus 16 for a gzip header and trailer.
    private static let gzipWindowBits: Int32 = 15 + 16
    private static let bufferBytes = 256 << 10
    private static let streamSize = Int32(MemoryLayout<z_stream>.size)

    private struct Step {
        var status: Int32
        var consumed: Int
        var produced: Int
    }

    private static func inflateStep(
        _ stream: inout z_stream,
        _ bytes: [UInt8],
        from position: Int,
        into buffer: inout [UInt8]
    ) -> Step {
        step(&stream, bytes, from: position, into: &buffer) { stream, _ in
            CZlib.inflate(&stream, Z_NO_FLUSH)
        }
    }

    private static func deflateStep(
        _ stream: inout z_stream,
        _ bytes: [UInt8],
        from position: Int,
        into buffer: inout [UInt8]
    ) -> Step {
        step(&stream, bytes, from: position, into: &buffer) { stream, isLast in
            deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        }
    }

    /// Runs zlib once over the next piece of input. zlib counts in 32 bits, so a piece is at most
    /// 1 GiB. The pointers live only within this call.
    private static func step(
        _ stream: inout z_stream,
        _ bytes: [UInt8],
        from position: Int,
        into buffer: inout [UInt8],
        _ run: (inout z_stream, _ isLast: Bool) -> Int32
    ) -> Step {
        let inputCount = min(bytes.count - position, 1 << 30)
        let isLast = position + inputCount == bytes.count
        return bytes.withUnsafeBufferPointer { input in
            buffer.withUnsafeMutableBufferPointer { output in
                let start = input.baseAddress.map { $0 + position }
                stream.next_in = UnsafeMutablePointer(mutating: start)
                stream.avail_in = UInt32(inputCount)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let status = run(&stream, isLast)
                return Step(
                    status: status,
                    consumed: inputCount - Int(stream.avail_in),
                    produced: output.count - Int(stream.avail_out)
                )
            }
        }
    }

    private static func check(_ status: Int32, _ stream: z_stream) throws(CompressionError) {
        guard status == Z_OK else { throw .corrupt(reason: reason(stream)) }
    }

    private static func reason(_ stream: z_stream) -> String {
        stream.msg.map { String(cString: $0) } ?? "zlib gave no reason"
    }
}
