package import API
import Foundation
package import Runs

/// Filters, orders and pages the runs of one project. Pure.
///
/// 1. The order is total: ties are broken by run id, so a page continues exactly where the last
///    one ended, whatever came or went between.
/// 2. Missing values and NaN come last in both directions; numbers come before other texts.
package struct RunListing: Sendable {
    package var filter: RunFilter?
    package var order: Order
    package var limit: Int
    package var after: Cursor?

    /// What `sort=` says: a field of the query language, with `-` before it for descending.
    package struct Order: Sendable, Hashable {
        package var field: String
        package var isAscending: Bool

        package init(_ text: String?) {
            let text = text.flatMap { $0.isEmpty ? nil : $0 } ?? "-startTime"
            isAscending = !text.hasPrefix("-")
            field = isAscending ? text : String(text.dropFirst())
        }
    }

    /// Where a page ended.
    package struct Cursor: Sendable, Hashable, Codable {
        package var number: Double?
        package var text: String?
        package var id: RunID

        init(_ key: Key, _ id: RunID) {
            self.id = id
            switch key {
            case .number(let value): number = value
            case .text(let value): text = value
            case .missing: break
            }
        }

        package init(parsing text: String) throws(APIError) {
            let wrong = APIError(
                .invalid,
                "after is not a cursor of this list.",
                hint: "Send the `next` of the page before, or leave it out.",
                field: "after"
            )
            guard text.utf8.count < 10_000, let data = Data(base64Encoded: text) else {
                throw wrong
            }
            do {
                self = try WireJSON.decoder().decode(Cursor.self, from: data)
            } catch {
                throw wrong
            }
        }

        package func encoded() throws -> String {
            try WireJSON.encoder().encode(self).base64EncodedString()
        }

        var key: Key {
            if let number, !number.isNaN { return .number(number) }
            return text.map(Key.text) ?? .missing
        }
    }

    enum Key: Hashable {
        case number(Double)
        case text(String)
        case missing

        var rank: Int {
            switch self {
            case .number: 0
            case .text: 1
            case .missing: 2
            }
        }
    }

    package init(filter: RunFilter?, order: Order, limit: Int, after: Cursor? = nil) {
        self.filter = filter
        self.order = order
        self.limit = limit
        self.after = after
    }

    /// The page of `runs`, and the cursor of the next one.
    package func page(
        _ runs: [Run],
        resolver: RoleResolver
    ) -> (runs: [Run], next: Cursor?) {
        var keyed: [(key: Key, run: Run)] = []
        for run in runs where filter?.matches(run, roles: resolver) ?? true {
            let key = key(of: run, resolver: resolver)
            if let after, !isBefore(after.key, after.id, key, run.id) { continue }
            keyed.append((key, run))
        }
        keyed.sort { isBefore($0.key, $0.run.id, $1.key, $1.run.id) }
        let shown = keyed.prefix(limit)
        let next = keyed.count > limit ? shown.last.map { Cursor($0.key, $0.run.id) } : nil
        return (shown.map(\.run), next)
    }

    private func key(of run: Run, resolver: RoleResolver) -> Key {
        switch order.field {
        case "startTime": return .number(Double(run.startTime))
        case "endTime": return run.endTime.map { .number(Double($0)) } ?? .missing
        case "updatedAt": return .number(Double(run.updatedAt))
        case "name": return .text(run.name)
        case "status": return .text(run.status.rawValue)
        default: break
        }
        let field = run.field(order.field) { role in resolver.resolve(run).values[role] }
        guard let field else { return .missing }
        if let number = field.number { return number.isNaN ? .missing : .number(number) }
        return .text(field.text)
    }

    private func isBefore(_ left: Key, _ leftID: RunID, _ right: Key, _ rightID: RunID) -> Bool {
        guard left.rank == right.rank else { return left.rank < right.rank }
        switch (left, right) {
        case (.number(let first), .number(let second)) where first != second:
            return (first < second) == order.isAscending
        case (.text(let first), .text(let second)) where first != second:
            return (first < second) == order.isAscending
        default:
            return leftID < rightID
        }
    }
}
