/// Where a server is: scheme, host, perhaps a port and a path prefix.
package struct ServerAddress: Sendable, Hashable {
    /// Without a slash at its end.
    private let base: String

    /// Reads `http://host:port/prefix`; a missing scheme is http.
    package init(_ text: String) throws(ClientError) {
        var base = text
        while base.last?.isWhitespace == true { base.removeLast() }
        while base.first?.isWhitespace == true { base.removeFirst() }
        if !base.contains("://") { base = "http://" + base }
        while base.last == "/" { base.removeLast() }
        let scheme = base.prefix { $0 != ":" }.lowercased()
        let rest = base.dropFirst(scheme.count + 3)
        let host = rest.prefix { $0 != "/" }
        let isPrintable = base.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard scheme == "http" || scheme == "https", !host.isEmpty, host.first != ":", isPrintable,
            !rest.contains("?"), !rest.contains("#")
        else { throw .badAddress(text) }
        self.base = base
    }

    /// The address of a path with a query; names and values are percent-encoded here.
    package func url(_ path: String, query: [(name: String, value: String)] = []) -> String {
        guard !query.isEmpty else { return base + path }
        let pairs = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
        return base + path + "?" + pairs.joined(separator: "&")
    }

    /// The path with `{names}` replaced by percent-encoded values, in order.
    package static func path(_ template: String, _ values: [String]) -> String {
        var values = values[...]
        let parts = template.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.first == "{" ? encoded(values.popFirst() ?? "") : String(part)
        }
        return parts.joined(separator: "/")
    }

    /// The address as it was given, completed; a password in it is not left out.
    package var text: String { base }

    /// For messages: without a password.
    package var shown: String {
        guard let at = base.lastIndex(of: "@"), let scheme = base.firstRange(of: "://") else {
            return base
        }
        return String(base[..<scheme.upperBound] + base[base.index(after: at)...])
    }

    /// A name for this machine itself, which no proxy leads to.
    static func isLoopback(url: String) -> Bool {
        let host = authority(ofURL: url).split(separator: "@").last ?? ""
        return host.hasPrefix("127.") || host == "localhost" || host.hasPrefix("localhost:")
            || host.hasPrefix("[::1]")
    }

    /// Scheme, host and port of an address, for messages: without a password, path or query.
    static func origin(ofURL url: String) -> String {
        let scheme = url.prefix { $0 != ":" }
        return "\(scheme)://\(authority(ofURL: url).split(separator: "@").last ?? "")"
    }

    private static func authority(ofURL url: String) -> Substring {
        guard let scheme = url.firstRange(of: "://") else { return url[...] }
        return url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    }

    /// All bytes but the unreserved ones of RFC 3986 as %XX.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
