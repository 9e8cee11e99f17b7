import CCurl
import Foundation

/// One request and its reply while libcurl works on them. libcurl's callbacks get this object as an
/// unmanaged pointer, so the caller keeps it alive until `run` returns; one thread uses it.
final class CurlExchange {
    private let request: WireRequest
    private var file: FileHandle?
    private var sentCount = 0
    private var reply: [UInt8] = []
    private var headers: [String: String] = [:]
    private var isTooLarge = false
    private var readFailure: String?
    private var headerList: UnsafeMutablePointer<curl_slist>?

    init(_ request: WireRequest) throws(ClientError) {
        self.request = request
        if case .file(let path, _) = request.body {
            do {
                file = try FileHandle(forReadingFrom: URL(filePath: path))
            } catch {
                throw .unreadableFile(path: path, reason: error.localizedDescription)
            }
        }
    }

    func close() {
        curl_slist_free_all(headerList)
        headerList = nil
    }

    func run(on handle: UnsafeMutableRawPointer) throws(ClientError) -> WireReply {
        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = message.withUnsafeMutableBufferPointer { buffer in
            isoloss_set_pointer(handle, CURLOPT_ERRORBUFFER, buffer.baseAddress)
            configure(handle)
            let code = curl_easy_perform(handle)
            isoloss_set_pointer(handle, CURLOPT_ERRORBUFFER, nil)
            return code
        }
        if isTooLarge { throw .replyTooLarge(limit: CurlTransport.replyLimitBytes) }
        if let readFailure, case .file(let path, _) = request.body {
            throw .unreadableFile(path: path, reason: readFailure)
        }
        let status = isoloss_status(handle)
        // A server may refuse a large body before it has read all of it, and then close.
        let isEarlyAnswer = code == CURLE_SEND_ERROR && status >= 400
        guard code == CURLE_OK || isEarlyAnswer else { throw failure(code, message) }
        return WireReply(status: status, headers: headers, body: reply)
    }

    private func failure(_ code: CURLcode, _ message: [CChar]) -> ClientError {
        let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let reason =
            text.isEmpty
            ? String(cString: curl_easy_strerror(code)) : String(decoding: text, as: UTF8.self)
        let shown = ServerAddress.origin(ofURL: request.url)
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            let seconds = request.milliseconds.map { max(1, $0 / 1_000) }
            return .timedOut(url: shown, seconds: seconds ?? request.timeoutSeconds)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            return .badAddress(shown)
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return .unreachable(url: shown, reason: reason)
        default:
            return .malformedReply(status: 0, url: shown, reason: reason)
        }
    }

    private func configure(_ handle: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        isoloss_set_text(handle, CURLOPT_URL, request.url)
        isoloss_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        isoloss_set_text(handle, CURLOPT_ACCEPT_ENCODING, "")
        isoloss_set_long(handle, CURLOPT_NOSIGNAL, 1)
        isoloss_set_long(handle, CURLOPT_CONNECTTIMEOUT, 10)
        isoloss_set_long(handle, CURLOPT_TIMEOUT, request.timeoutSeconds)
        if let milliseconds = request.milliseconds {
            isoloss_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
            isoloss_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds)
        }
        if ServerAddress.isLoopback(url: request.url) {
            isoloss_set_text(handle, CURLOPT_PROXY, "")
        }
        isoloss_set_transfer(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            CurlExchange.from(context)?.receive(bytes, size * count) ?? 0
        }
        isoloss_set_pointer(handle, CURLOPT_WRITEDATA, context)
        isoloss_set_transfer(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            CurlExchange.from(context)?.receiveHeader(bytes, size * count) ?? 0
        }
        isoloss_set_pointer(handle, CURLOPT_HEADERDATA, context)
        configureBody(handle, context)
        for (name, value) in request.headers {
            headerList = curl_slist_append(headerList, "\(name): \(value)")
        }
        // Waiting for leave to send costs a second with servers that do not know the question.
        headerList = curl_slist_append(headerList, "Expect:")
        isoloss_set_list(handle, CURLOPT_HTTPHEADER, headerList)
    }

    private func configureBody(
        _ handle: UnsafeMutableRawPointer,
        _ context: UnsafeMutableRawPointer
    ) {
        isoloss_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
        let byteCount: Int
        switch request.body {
        case .none:
            if request.method == "GET" { return }
            byteCount = 0
        case .bytes(let bytes): byteCount = bytes.count
        case .file(_, let count): byteCount = count
        }
        isoloss_set_long(handle, CURLOPT_POST, 1)
        isoloss_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(byteCount))
        isoloss_set_transfer(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
            CurlExchange.from(context)?.provide(bytes, size * count) ?? 0
        }
        isoloss_set_pointer(handle, CURLOPT_READDATA, context)
        guard request.onUpload != nil else { return }
        isoloss_set_long(handle, CURLOPT_NOPROGRESS, 0)
        isoloss_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        isoloss_set_progress(handle) { context, _, _, _, uploaded in
            CurlExchange.from(context)?.request.onUpload?(Int(uploaded))
            return 0
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlExchange? {
        context.map { Unmanaged<CurlExchange>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Keeps bytes of the reply; any other answer than `count` ends the transfer.
    private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return 0 }
        guard reply.count + count <= CurlTransport.replyLimitBytes else {
            isTooLarge = true
            return 0
        }
        reply.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return 0 }
        let raw = UnsafeRawBufferPointer(start: bytes, count: count)
        let line = String(decoding: raw, as: UTF8.self)
        guard headers.count < 200, let colon = line.firstIndex(of: ":") else { return count }
        let value = line[line.index(after: colon)...]
        headers[line[..<colon].lowercased()] = value.trimmingCharacters(
            in: .whitespacesAndNewlines
        )
        return count
    }

    /// Hands over the next bytes of the body; 0 at its end.
    private func provide(_ target: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        guard let target else { return 0 }
        let next: [UInt8]
        switch request.body {
        case .none: return 0
        case .bytes(let bytes): next = Array(bytes[sentCount..<min(bytes.count, sentCount + room)])
        case .file(_, let byteCount):
            do {
                // A file that grows meanwhile is sent as long as it was announced.
                let wanted = min(room, byteCount - sentCount)
                next = [UInt8](try file?.read(upToCount: wanted) ?? Data())
            } catch {
                readFailure = error.localizedDescription
                return Int(CURL_READFUNC_ABORT)
            }
        }
        UnsafeMutableRawBufferPointer(start: target, count: room).copyBytes(from: next)
        sentCount += next.count
        return next.count
    }
}
