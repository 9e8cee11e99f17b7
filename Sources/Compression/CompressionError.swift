/// Why bytes cannot be decompressed.
package enum CompressionError: Error, Hashable, Sendable {
    case notGzip
    case truncated
    case corrupt(reason: String)
    case tooLarge(limit: Int)

    package var message: String {
        switch self {
        case .notGzip: "The data is not gzip: it does not begin with the bytes 1f 8b."
        case .truncated: "The compressed data ends early; send all of it again."
        case .corrupt(let reason): "The compressed data is damaged (\(reason)); compress it again."
        case .tooLarge(let limit):
            "The data unpacks to more than \(limit) bytes, which is the limit; send it in parts."
        }
    }
}
