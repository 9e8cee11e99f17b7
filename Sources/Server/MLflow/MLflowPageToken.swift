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

    /// Where a page of runs ended, good for searches of the same order.
    package static func runs(
        _ cursor: SearchCursor,
        order: SearchOrder
    ) throws(MLflowError) -> String {
        try sorted(cursor, kind: "r", order: mark(of: order))
    }

    package static func runs(
        _ token: String,
        order: SearchOrder
    ) throws(MLflowError) -> SearchCursor {
        let cursor: SearchCursor = try sorted(token, kind: "r", order: mark(of: order))
        guard cursor.values.count == order.terms.count else { throw invalid(token) }
        return cursor
    }

    /// Where a page of experiments ended, good for searches of the same order.
    static func experiments(
        _ place: ExperimentPlace,
        order: [MLflowOrder]
    ) throws(MLflowError) -> String {
        try sorted(place, kind: "e", order: mark(of: order))
    }

    static func experiments(
        _ token: String,
        order: [MLflowOrder]
    ) throws(MLflowError) -> ExperimentPlace {
        let place: ExperimentPlace = try sorted(token, kind: "e", order: mark(of: order))
        guard place.values.count == order.count else { throw invalid(token) }
        return place
    }

    private static func sorted(
        _ place: some Encodable,
        kind: String,
        order: String
    ) throws(MLflowError) -> String {
        do {
            let body = try WireJSON.encoder().encode(place)
            return encode("\(kind):\(order):") + "." + body.base64EncodedString()
        } catch {
            throw MLflowError(.internalError, "The page token cannot be written.")
        }
    }

    private static func sorted<Place: Decodable>(
        _ token: String,
        kind: String,
        order: String
    ) throws(MLflowError) -> Place {
        let parts = token.split(separator: ".")
        guard token.utf8.count < 200_000, parts.count == 2,
            let body = Data(base64Encoded: String(parts[1])),
            try decode(String(parts[0]), kind: kind, count: 2).first.map({ $0 == order }) == true
        else { throw invalid(token) }
        do {
            return try WireJSON.decoder().decode(Place.self, from: body)
        } catch {
            throw invalid(token)
        }
    }

    private static func mark(of order: SearchOrder) -> String {
        mark(of: order.terms.map { $0.chain.map(\.text).joined() + ($0.isAscending ? "+" : "-") })
    }

    private static func mark(of order: [MLflowOrder]) -> String {
        mark(of: order.map { $0.identifier.key + ($0.isAscending ? "+" : "-") })
    }

    /// Tells orders apart, the same in every process.
    private static func mark(of terms: [String]) -> String {
        var hash = FNV1a()
        hash.add(terms.joined().utf8)
        return String(hash.value, radix: 36)
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
