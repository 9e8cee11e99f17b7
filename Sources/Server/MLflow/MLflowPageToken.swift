import Foundation
package import Storage

/// Page tokens, opaque to clients. Anything we did not write is refused.
package enum MLflowPageToken {
    package static func history(_ cursor: HistoryCursor) -> String {
        encode("h:\(cursor.time):\(cursor.step):\(cursor.valueBits)")
    }

    package static func history(_ token: String) throws(MLflowError) -> HistoryCursor {
        let parts = try decode(token, kind: "h", count: 3)
        guard let time = Int64(parts[0]), let step = Int64(parts[1]), let bits = UInt64(parts[2])
        else { throw invalid(token) }
        return HistoryCursor(time: time, step: step, value: Double(bitPattern: bits))
    }

    package static func offset(_ count: Int) -> String { encode("o:\(count)") }

    package static func offset(_ token: String) throws(MLflowError) -> Int {
        let parts = try decode(token, kind: "o", count: 1)
        guard let count = Int(parts[0]), count >= 0, count < 1 << 40 else { throw invalid(token) }
        return count
    }

    private static func encode(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
    }

    private static func decode(
        _ token: String,
        kind: String,
        count: Int
    ) throws(MLflowError) -> [Substring] {
        guard token.utf8.count < 200, let data = Data(base64Encoded: token),
            let text = String(data: data, encoding: .utf8)
        else { throw invalid(token) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == count + 1, parts[0] == kind else { throw invalid(token) }
        return Array(parts.dropFirst())
    }

    private static func invalid(_ token: String) -> MLflowError {
        .invalid("Invalid page token: \(token.prefix(80))")
    }
}
