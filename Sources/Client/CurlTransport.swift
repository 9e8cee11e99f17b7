import CCurl
import Dispatch
import Foundation

/// HTTP over libcurl. Each call has its own handle and blocks a thread of a dispatch queue, never
/// one of Swift's own. Only http and https; redirects are not followed; proxies are not used for
/// loopback.
package struct CurlTransport: Transport {
    /// The most bytes of a reply that are kept.
    package static let replyLimitBytes = 512 << 20

    private static let globalStatus = isoloss_global_init()
    private let queue = DispatchQueue(label: "isoloss.client", attributes: .concurrent)

    package init() {}

    package func send(_ request: WireRequest) async throws(ClientError) -> WireReply {
        let result: Result<WireReply, ClientError> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Self.perform(request))
            }
        }
        return try result.get()
    }

    private static func perform(_ request: WireRequest) -> Result<WireReply, ClientError> {
        guard globalStatus == CURLE_OK, let handle = curl_easy_init() else {
            return .failure(.unreachable(url: request.url, reason: "libcurl cannot start"))
        }
        defer { curl_easy_cleanup(handle) }
        do throws(ClientError) {
            let exchange = try CurlExchange(request)
            defer { exchange.close() }
            return try withExtendedLifetime(exchange) { () throws(ClientError) in
                .success(try exchange.run(on: handle))
            }
        } catch {
            return .failure(error)
        }
    }
}
