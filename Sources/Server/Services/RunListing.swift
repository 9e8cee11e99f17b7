package import API
import Foundation
package import Runs

/// What a native list of runs asks for, as a search. Pure.
///
/// 1. The order is total: ties are broken by run id, so a page continues exactly where the last
///    one ended, whatever came or went between.
/// 2. Missing values and NaN come last in both directions; numbers come before other texts.
package struct RunListing: Sendable {
    package var filter: RunFilter?
    package var order: Order
    package var limit: Int
    package var after: SearchCursor?

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

    package init(filter: RunFilter?, order: Order, limit: Int, after: SearchCursor? = nil) {
        self.filter = filter
        self.order = order
        self.limit = limit
        self.after = after
    }

    package var search: RunSearch {
        let term = SearchOrder.Term(
            chain: SearchKey.sortChain(for: order.field),
            isAscending: order.isAscending,
            readsNumbers: order.field != "name"
        )
        let mask = filter.map { filter -> RunSearch.Mask in
            { block in filter.mask(block) }
        }
        return RunSearch(
            filterKeys: filter?.keys ?? [],
            filter: mask,
            order: SearchOrder(terms: [term]),
            limit: limit,
            after: after
        )
    }

    /// Reads the `next` of a page.
    package static func cursor(parsing text: String) throws(APIError) -> SearchCursor {
        let wrong = APIError(
            .invalid,
            "after is not a cursor of this list.",
            hint: "Send the `next` of the page before, or leave it out.",
            field: "after"
        )
        guard text.utf8.count < 100_000, let data = Data(base64Encoded: text) else { throw wrong }
        let cursor: SearchCursor
        do {
            cursor = try WireJSON.decoder().decode(SearchCursor.self, from: data)
        } catch {
            throw wrong
        }
        guard cursor.values.count == 1 else { throw wrong }
        return cursor
    }

    package static func text(_ cursor: SearchCursor) throws -> String {
        try WireJSON.encoder().encode(cursor).base64EncodedString()
    }
}
