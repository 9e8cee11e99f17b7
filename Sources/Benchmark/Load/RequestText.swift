/// Requests as bytes, made without copies or allocations of their own where it counts.
struct RequestText {
    private let head: [UInt8]

    /// The start of every request of one kind. `headers` end in CRLF.
    init(_ method: String, _ path: String, headers: String = "") {
        head = Array(
            ("\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
                + "Content-Type: application/json\r\n\(headers)Content-Length: ").utf8
        )
    }

    /// Replaces `request` by the whole request with this body.
    func write(_ body: [UInt8], into request: inout [UInt8]) {
        request.removeAll(keepingCapacity: true)
        request.append(contentsOf: head)
        request.append(number: body.count)
        request.append(contentsOf: RequestText.blank)
        request.append(contentsOf: body)
    }

    static func get(_ path: String) -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".utf8)
    }

    static func post(_ path: String, _ body: [UInt8], headers: String = "") -> [UInt8] {
        var request: [UInt8] = []
        RequestText("POST", path, headers: headers).write(body, into: &request)
        return request
    }

    private static let blank = Array("\r\n\r\n".utf8)
}

extension [UInt8] {
    /// Appends the decimal digits of a number that is not negative.
    mutating func append(number: Int) {
        var digits = 1
        var rest = number / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
        var value = number
        var index = count - 1
        while value > 0 {
            self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
            value /= 10
            index -= 1
        }
    }
}
