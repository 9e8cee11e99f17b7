import Client
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct CurlTransportTests {
    @Test func `a reply comes with its status, headers and body`() async throws {
        let server = try CannedServer(
            reply: Array(
                "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 3\r\n\r\nno\n".utf8
            )
        )
        let reply = try await CurlTransport().send(
            WireRequest(method: "GET", url: server.url + "/a?b=c", headers: ["X-Y": "z"])
        )
        #expect(reply.status == 503)
        #expect(reply.headers["retry-after"] == "7")
        #expect(reply.body == Array("no\n".utf8))
        #expect(server.requests.first?.hasPrefix("GET /a?b=c HTTP/1.1\r\n") == true)
        #expect(server.requests.first?.contains("X-Y: z\r\n") == true)
    }

    @Test(arguments: ["POST", "PUT", "PATCH"])
    func `a message is sent as it is`(method: String) async throws {
        let server = try CannedServer(
            reply: Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        )
        _ = try await CurlTransport().send(
            WireRequest(method: method, url: server.url, body: .bytes(Array("{\"a\":1}".utf8)))
        )
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("\(method) / HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{\"a\":1}"))
        #expect(!request.lowercased().contains("expect: 100"))
    }

    @Test func `a file is streamed and its progress told`() async throws {
        let path = NSTemporaryDirectory() + "isoloss-upload-\(UUID().uuidString)"
        let bytes = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) })
        try bytes.write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try CannedServer(
            reply: Array("HTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        )
        let most = Mutex(0)
        let reply = try await CurlTransport().send(
            WireRequest(
                method: "POST",
                url: server.url,
                body: .file(path: path, byteCount: bytes.count),
                onUpload: { sent in most.withLock { $0 = max($0, sent) } }
            )
        )
        #expect(reply.status == 202)
        #expect((server.byteCounts.first ?? 0) > bytes.count)
        #expect(most.withLock { $0 } == bytes.count)
    }

    @Test func `a refusal before the body is read is still heard`() async throws {
        let body = #"{"code":"tooLarge","message":"no"}"#
        let server = try CannedServer(
            reply: Array(
                "HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n\(body)"
                    .utf8
            ),
            readsBody: false
        )
        let reply = try await CurlTransport().send(
            WireRequest(
                method: "POST",
                url: server.url,
                body: .bytes([UInt8](repeating: 65, count: 20_000_000))
            )
        )
        #expect(reply.status == 413)
        #expect(reply.body == Array(body.utf8))
    }

    @Test func `nothing at the port is said to be unreachable`() async throws {
        let error = await #expect(throws: ClientError.self) {
            try await CurlTransport().send(
                WireRequest(method: "GET", url: "http://user:secret@127.0.0.1:1/x?y")
            )
        }
        guard case .unreachable("http://127.0.0.1:1", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.message.contains("secret") == false)
    }

    @Test func `a server that says nothing is given up`() async throws {
        let server = try CannedServer(reply: [])
        let error = await #expect(throws: ClientError.self) {
            try await CurlTransport().send(
                WireRequest(
                    method: "POST",
                    url: server.url,
                    body: .bytes([1]),
                    timeoutSeconds: 1
                )
            )
        }
        #expect(error != nil)
    }

    @Test func `a reply cut short is not taken for an answer`() async throws {
        let server = try CannedServer(
            reply: Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8)
        )
        await #expect(throws: ClientError.self) {
            try await CurlTransport().send(WireRequest(method: "GET", url: server.url))
        }
    }

    @Test func `other protocols are not spoken`() async throws {
        await #expect(throws: ClientError.self) {
            try await CurlTransport().send(WireRequest(method: "GET", url: "file:///etc/hostname"))
        }
    }

    @Test func `a missing file is named`() async throws {
        let error = await #expect(throws: ClientError.self) {
            try await CurlTransport().send(
                WireRequest(
                    method: "POST",
                    url: "http://127.0.0.1:1",
                    body: .file(path: "/nowhere/file", byteCount: 1)
                )
            )
        }
        #expect(error?.message.contains("/nowhere/file") == true)
    }
}
