/// Why bytes cannot be decompressed.
package enum CompressionError: Error, Hashable, Sendable {
    case notGzip
    case truncated
    case corrupt(reason: String)
    case tooLarge(limit: Int)

    package var message: String {
        switch self {
        case .notGzip: "The data is not gzip: it does not begin with the bytes 1f 8b."
        case .truncated: "The gzip data ends early; send the whole file again."
        case .corrupt(let reason): "The gzip data is damaged (\(reason)); compress the file again."
        case .tooLarge(let limit):
            "The data unpacks to more than \(limit) bytes, which is the limit; split the file."
        }
    }
}
