import Glibc

/// One keep-alive connection to a server on this machine, by plain system calls, so that driving a
/// load costs little beside what it measures.
struct LoadConnection: ~Copyable {
    let descriptor: Int32
    private var parser = AnswerParser()
    private var scratch = [UInt8](repeating: 0, count: 128 << 10)

    /// Connects to 127.0.0.1: no other machine is ever loaded.
    init(port: Int) throws(LoadError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure("socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        guard Self.connect(descriptor, &address) == 0 else { throw Self.failure("connect") }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
    }

    deinit { close(descriptor) }

    /// `connect` takes the general form of an address.
    private static func connect(_ descriptor: Int32, _ address: inout sockaddr_in) -> Int32 {
        var general = sockaddr()
        general.sa_family = address.sin_family
        let port = UInt16(bigEndian: address.sin_port)
        let host = UInt32(bigEndian: address.sin_addr.s_addr)
        general.sa_data.0 = CChar(truncatingIfNeeded: port >> 8)
        general.sa_data.1 = CChar(truncatingIfNeeded: port)
        general.sa_data.2 = CChar(truncatingIfNeeded: host >> 24)
        general.sa_data.3 = CChar(truncatingIfNeeded: host >> 16)
        general.sa_data.4 = CChar(truncatingIfNeeded: host >> 8)
        general.sa_data.5 = CChar(truncatingIfNeeded: host)
        return Glibc.connect(descriptor, &general, socklen_t(MemoryLayout<sockaddr>.size))
    }

    mutating func send(_ bytes: [UInt8]) throws(LoadError) {
        var rest = bytes
        while true {
            let sent = Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
            if sent == rest.count { return }
            if sent > 0 {
                rest = Array(rest[sent...])
            } else if errno != EINTR {
                throw Self.failure("send")
            }
        }
    }

    /// Waits for bytes; the answer when they complete it.
    mutating func receive() throws(LoadError) -> LoadAnswer? {
        let count = recv(descriptor, &scratch, scratch.count, 0)
        if count < 0 {
            if errno == EINTR { return nil }
            throw Self.failure("recv")
        }
        guard count > 0 else { throw .closed }
        parser.append(scratch[..<count])
        return try parser.next()
    }

    /// Sends one request and waits for its answer.
    mutating func exchange(_ request: [UInt8]) throws(LoadError) -> LoadAnswer {
        try send(request)
        while true {
            if let response = try receive() { return response }
        }
    }

    private static func failure(_ call: String) -> LoadError {
        .system(call: call, reason: String(cString: strerror(errno)))
    }
}
