import Compression
import HTTPTypes
import Hummingbird
import NIOCore
import Runs
import Synchronization

/// Bounds what the bodies of all requests under way hold in memory together.
package final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Atomic<Int>(0)

    package init(limit: Int = Limits.bodyBytesUnderWay) { self.limit = limit }

    /// A collected body; its bytes count until the last reference to it goes.
    package final class Body: Sendable {
        package let bytes: [UInt8]
        private let budget: BodyBudget
        private let reserved: Int

        fileprivate init(_ bytes: [UInt8], _ budget: BodyBudget, reserved: Int) {
            self.bytes = bytes
            self.budget = budget
            self.reserved = reserved
        }

        deinit { budget.release(reserved) }
    }

    package enum Refusal: Error, Hashable, Sendable {
        case tooLarge(limit: Int)
        /// The body is packed in a way we do not know, or not as it says.
        case packing(String)
        /// Too much is under way already.
        case busy

        package var message: String {
            switch self {
            case .tooLarge(let limit): "The request body must be at most \(limit) bytes."
            case .packing(let reason): reason
            case .busy: "Too many large requests are under way; send this one again in a moment."
            }
        }
    }

    /// Sets bytes aside for as long as the answer is kept.
    package func hold(_ count: Int) throws -> Body {
        try reserve(count)
        return Body([], self, reserved: count)
    }

    /// The body of a request, unpacked if it came packed, at most `limit` bytes either way.
    func collect(_ request: Request, upTo limit: Int) async throws -> Body {
        let body = try await read(request, upTo: limit)
        let encoding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
        if encoding == "identity" || encoding.isEmpty { return body }
        // Unpacked, a body may be as large as any; the packed one goes when this returns.
        try reserve(limit)
        do {
            let bytes = try Self.unpack(body.bytes, encoding, limit: limit)
            release(limit - bytes.count)
            return Body(bytes, self, reserved: bytes.count)
        } catch {
            release(limit)
            throw error
        }
    }

    private static func unpack(
        _ bytes: [UInt8],
        _ encoding: String,
        limit: Int
    ) throws(Refusal) -> [UInt8] {
        do throws(CompressionError) {
            switch encoding {
            case "gzip", "x-gzip": return try Gzip.decompress(bytes, limit: limit)
            case "deflate": return try Deflate.decompress(bytes, limit: limit)
            default: break
            }
        } catch {
            if case .tooLarge = error { throw .tooLarge(limit: limit) }
            throw .packing(error.message)
        }
        throw .packing(
            "The Content-Encoding '\(encoding.prefix(40))' is not understood; send gzip, deflate or "
                + "none."
        )
    }

    private func read(_ request: Request, upTo limit: Int) async throws -> Body {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw Refusal.tooLarge(limit: limit) }
        var reserved = max(0, announced)
        try reserve(reserved)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(reserved)
        do {
            for try await buffer in request.body {
                let count = bytes.count + buffer.readableBytes
                guard count <= limit else { throw Refusal.tooLarge(limit: limit) }
                if count > reserved {
                    try reserve(count - reserved)
                    reserved = count
                }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch {
            release(reserved)
            throw error
        }
        return Body(bytes, self, reserved: reserved)
    }

    private func reserve(_ count: Int) throws {
        let total = used.wrappingAdd(count, ordering: .relaxed).newValue
        guard total > limit else { return }
        release(count)
        throw Refusal.busy
    }

    private func release(_ count: Int) {
        used.wrappingSubtract(count, ordering: .relaxed)
    }
}
