import Foundation
import Synchronization

/// Listens on a free port of loopback, reads one request per connection and answers with given
/// bytes.
final class CannedServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let received = Mutex<[[UInt8]]>([])

    struct Failure: Error {}

    /// - Parameters:
    ///   - reply: the bytes of the only answer, status line included.
    ///   - readsBody: false answers as soon as the headers are there and closes.
    convenience init(reply: [UInt8], readsBody: Bool = true) throws {
        try self.init(replies: [reply], readsBody: readsBody)
    }

    /// Answers of status and JSON, one a connection.
    convenience init(_ replies: [(status: Int, json: String)]) throws {
        try self.init(
            replies: replies.map { reply in
                let head = "HTTP/1.1 \(reply.status) X\r\nConnection: close\r\n"
                let length = "Content-Length: \(reply.json.utf8.count)\r\n\r\n"
                return Array((head + length + reply.json).utf8)
            }
        )
    }

    init(replies: [[UInt8]], readsBody: Bool = true) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) + listen(descriptor, 8)
                    + getsockname(descriptor, generic, &length)
            }
        }
        guard descriptor >= 0, status == 0 else { throw Failure() }
        listener = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            for reply in replies { serve(reply, readsBody: readsBody) }
            close(listener)
        }
    }

    /// Every request so far, headers and body.
    var requests: [String] { received.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
    var byteCounts: [Int] { received.withLock { $0.map { $0.count } } }

    var url: String { "http://127.0.0.1:\(port)" }

    private func serve(_ reply: [UInt8], readsBody: Bool) {
        let connection = accept(listener, nil, nil)
        defer { close(connection) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !Self.isComplete(bytes, readsBody: readsBody) {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        received.withLock { $0.append(bytes) }
        _ = send(connection, reply, reply.count, Int32(MSG_NOSIGNAL))
        shutdown(connection, Int32(SHUT_WR))
        // Closing with unread bytes would reset the connection before the answer is read.
        while recv(connection, &buffer, buffer.count, 0) > 0 {}
    }

    private static func isComplete(_ bytes: [UInt8], readsBody: Bool) -> Bool {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        guard readsBody else { return true }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
        let lines = head.split(whereSeparator: \.isNewline)
        let length = lines.first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        return bytes.count - end.upperBound >= length ?? 0
    }
}
