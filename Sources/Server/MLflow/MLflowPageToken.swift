import API
import Foundation
package import Runs
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

    /// Where a page of runs ended, good for searches of the same order.
    package static func runs(
        _ cursor: SearchCursor,
        order: SearchOrder
    ) throws(MLflowError) -> String {
        do {
            let body = try WireJSON.encoder().encode(cursor)
            return encode("r:\(mark(of: order)):") + "." + body.base64EncodedString()
        } catch {
            throw MLflowError(.internalError, "The page token cannot be written.")
        }
    }

    package static func runs(
        _ token: String,
        order: SearchOrder
    ) throws(MLflowError) -> SearchCursor {
        let parts = token.split(separator: ".")
        guard token.utf8.count < 200_000, parts.count == 2,
            let body = Data(base64Encoded: String(parts[1])),
            try decode(String(parts[0]), kind: "r", count: 2).first.map({ $0 == mark(of: order) })
                == true
        else { throw invalid(token) }
        do {
            let cursor = try WireJSON.decoder().decode(SearchCursor.self, from: body)
            guard cursor.values.count == order.terms.count else { throw invalid(token) }
            return cursor
        } catch {
            throw invalid(token)
        }
    }

    /// Tells orders apart, the same in every process: FNV-1a over their keys.
    private static func mark(of order: SearchOrder) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for term in order.terms {
            let text = term.chain.map(\.text).joined() + (term.isAscending ? "+" : "-")
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return String(hash, radix: 36)
    }

    /// The last name of a listing.
    package static func listed(_ name: String) -> String { encode("n:\(name)") }

    package static func listedName(_ token: String) throws(MLflowError) -> String {
        guard token.utf8.count < 2_000, let data = Data(base64Encoded: token),
            let text = String(data: data, encoding: .utf8), text.hasPrefix("n:")
        else { throw invalid(token) }
        return String(text.dropFirst(2))
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
