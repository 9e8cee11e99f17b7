import Foundation

/// One HTTP exchange as bytes: nothing is unpacked, normalised or corrected on the way.
enum RawHTTP {
    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]
    }

    static func send(
        _ app: TestApplication,
        _ method: String,
        _ target: String,
        _ headers: [String: String] = [:],
        body: [UInt8] = []
    ) async throws -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty, headers["Content-Length"] == nil {
            head += "Content-Length: \(body.count)\r\n"
        }
        return try await exchange(app, Array((head + "\r\n").utf8) + body)
    }

    /// Sends bytes and reads the answer to its end.
    /// - Parameter endsEarly: whether the client closes its half of the connection after them.
    static func exchange(
        _ app: TestApplication,
        _ bytes: [UInt8],
        endsEarly: Bool = false
    ) async throws -> Answer {
        let port = try port(of: app)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try parse(Socket.exchange(port, bytes, endsEarly: endsEarly)) }
                )
            }
        }
    }

    static func port(of app: TestApplication) throws -> UInt16 {
        guard let text = app.origin.split(separator: ":").last, let port = UInt16(text) else {
            throw Failure(description: app.origin)
        }
        return port
    }

    struct Failure: Error, CustomStringConvertible { let description: String }

    private static func parse(_ bytes: [UInt8]) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Failure(description: "no head in \(bytes.count) bytes")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return Answer(status: status ?? 0, headers: headers, body: Array(bytes[end.upperBound...]))
    }
}

/// A blocking TCP connection to this machine.
enum Socket {
    static func exchange(_ port: UInt16, _ bytes: [UInt8], endsEarly: Bool) throws -> [UInt8] {
        let descriptor = try open(port)
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        if endsEarly { shutdown(descriptor, Int32(SHUT_WR)) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return answer }
            answer += buffer[..<count]
        }
    }

    private static func open(_ port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw RawHTTP.Failure(description: "cannot connect to \(port)")
        }
        return descriptor
    }
}
