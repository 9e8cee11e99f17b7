import CZlib

/// Decompresses what HTTP calls deflate: the zlib format (RFC 1950).
package enum Deflate {
    /// - Parameter limit: the most bytes that may come out; a small body can unpack to any size.
    package static func decompress(
        _ bytes: [UInt8],
        limit: Int
    ) throws(CompressionError) -> [UInt8] {
        // The number of window bits alone means zlib's own header.
        try Gzip.inflate(bytes, windowBits: 15, limit: limit) { _ in false }
    }
}
