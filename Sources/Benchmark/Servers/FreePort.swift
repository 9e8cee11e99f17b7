import Glibc

/// A port of this machine that nobody uses at the moment.
func freePort() throws(LoadError) -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr()
    address.sa_family = sa_family_t(AF_INET)
    address.sa_data.2 = 127
    address.sa_data.5 = 1
    var size = socklen_t(MemoryLayout<sockaddr>.size)
    guard bind(descriptor, &address, size) == 0, getsockname(descriptor, &address, &size) == 0
    else { throw .system(call: "bind", reason: String(cString: strerror(errno))) }
    return Int(UInt8(bitPattern: address.sa_data.0)) << 8
        | Int(UInt8(bitPattern: address.sa_data.1))
}
