import Foundation
import Postgres
package import Runs

extension PointStore {
    /// A page of a series, each point once; empty when the run has no such metric.
    package func history(
        _ runID: RunID,
        metric: String,
        limit: Int,
        after: HistoryCursor? = nil,
        order: PageOrder = .history
    ) async throws(StorageError) -> HistoryPage {
        let limit = min(max(limit, 1), Limits.historyPageCount)
        return try await database.snapshot { (session) async throws(StorageError) in
            let keys = try await keys([runID], metric, session)
            guard let key = keys[runID.uuid] else { return HistoryPage(points: PointColumns()) }
            return try await page(key, PageRequest(limit, after, order), session)
        }
    }

    /// The history of one metric in several runs, run after run in the order given, until `limit`
    /// points are found. Runs without the metric are left out.
    package func histories(
        _ runIDs: [RunID],
        metric: String,
        limit: Int
    ) async throws(StorageError) -> [(runID: RunID, points: PointColumns)] {
        try await database.snapshot { (session) async throws(StorageError) in
            let keys = try await keys(runIDs, metric, session)
            var found: [(runID: RunID, points: PointColumns)] = []
            var left = min(limit, Limits.historyPageCount)
            for runID in runIDs where left > 0 {
                guard let key = keys[runID.uuid] else { continue }
                let request = PageRequest(left, nil, .history)
                let points = try await page(key, request, session).points
                found.append((runID, points))
                left -= points.count
            }
            return found
        }
    }

    /// At most `limit` points of a series within a range of steps, in series order, its ends and
    /// extremes among them. Read by pages, so that a series of any length takes little memory.
    package func sample(
        _ runID: RunID,
        metric: String,
        steps: ClosedRange<Int64>,
        limit: Int
    ) async throws(StorageError) -> PointColumns {
        try await database.snapshot { (session) async throws(StorageError) in
            let keys = try await keys([runID], metric, session)
            var sample = PointSample(limit: limit)
            guard let key = keys[runID.uuid] else { return sample.points }
            // The place before every point of the first step: NaN comes first.
            var cursor: HistoryCursor? = HistoryCursor(
                time: .min,
                step: steps.lowerBound,
                value: Double(bitPattern: 0x7FF0_0000_0000_0001)
            )
            while let after = cursor {
                let request = PageRequest(Limits.historyPageCount, after, .series)
                let page = try await page(key, request, session)
                let end = page.points.steps.firstIndex { $0 > steps.upperBound }
                sample.add(end.map { page.points.selecting(0..<$0) } ?? page.points)
                cursor = end == nil ? page.next : nil
            }
            return sample.points
        }
    }

    /// The series of that metric by run.
    private func keys(
        _ runIDs: [RunID],
        _ metric: String,
        _ session: Session
    ) async throws(StorageError) -> [UUID: SeriesKey] {
        let keys = try await session.rows(
            """
            SELECT run_id, metric_index FROM metric
            WHERE run_id = ANY(\(runIDs.map(\.uuid))) AND name = \(metric)
            """
        ) { (row) throws(PostgresError) in
            SeriesKey(runID: try row.value(0), metricIndex: try row.value(1))
        }
        return keys.reduce(into: [:]) { $0[$1.runID] = $1 }
    }

    /// Segments and chunks are taken by their first place until those taken hold a page of points
    /// that nothing later can come before; only they are decoded.
    private func page(
        _ key: SeriesKey,
        _ request: PageRequest,
        _ session: Session
    ) async throws(StorageError) -> HistoryPage {
        var points = PointColumns()
        var offset = 0
        while true {
            let heads = try await session.rows(
                request.heads(key, offset: offset),
                PartHead.init
            )
            let isLast = heads.count < PageRequest.headCount
            var taken = 0
            while taken < heads.count {
                let part = Self.nextPart(heads[taken...], pointCount: request.limit + 1)
                points.append(contentsOf: try await fetch(key, part.map(\.id), session))
                points = request.sorted(points)
                taken += part.count
                let bound = taken < heads.count ? heads[taken].first : heads[taken - 1].first
                let isAll = taken == heads.count && isLast
                if !isAll, request.isSettled(points, before: bound) {
                    return request.page(points)
                }
            }
            if isLast { return request.page(points) }
            offset += heads.count
        }
    }

    private static func nextPart(
        _ heads: ArraySlice<PartHead>,
        pointCount: Int
    ) -> ArraySlice<PartHead> {
        var total = 0
        var end = heads.startIndex
        while end < heads.endIndex, total < pointCount {
            total += heads[end].pointCount
            end += 1
        }
        return heads[..<end]
    }

    private func fetch(
        _ key: SeriesKey,
        _ ids: [UUID],
        _ session: Session
    ) async throws(StorageError) -> PointColumns {
        let parts = try await session.rows(
            """
            SELECT \(SegmentRow.columns), s.first_time FROM segment s
            WHERE s.run_id = \(key.runID) AND s.metric_index = \(key.metricIndex)
                AND s.segment_id = ANY(\(ids))
            UNION ALL
            SELECT c.run_id, c.metric_index, c.point_count, c.step_bytes, c.time_bytes,
                c.value_bytes, c.first_time FROM chunk c
            WHERE c.run_id = \(key.runID) AND c.metric_index = \(key.metricIndex)
                AND c.chunk_id = ANY(\(ids))
            ORDER BY 7
            """,
            SegmentRow.init
        )
        return parts.reduce(into: PointColumns()) { $0.append(contentsOf: $1.points) }
    }
}

/// What is known of a segment or chunk before it is decoded.
private struct PartHead {
    let id: UUID
    /// Nothing in it comes before: its least time in history order, its first step in series order.
    let first: Int64
    let pointCount: Int

    init(_ row: Row) throws(PostgresError) {
        id = try row.value(0)
        first = try row.value(1)
        pointCount = try row.value(2)
    }
}

private struct PageRequest {
    /// How many heads are asked for at once.
    static let headCount = 64

    let limit: Int
    let after: HistoryCursor?
    let order: PageOrder

    init(_ limit: Int, _ after: HistoryCursor?, _ order: PageOrder) {
        self.limit = limit
        self.after = after
        self.order = order
    }

    func heads(_ key: SeriesKey, offset: Int) -> SQL {
        let (first, last, bound): (SQL, SQL, Int64?) =
            switch order {
            case .history: ("first_time", "last_time", after?.time)
            case .series: ("first_step", "last_step", after?.step)
            }
        let isOfSeries: SQL = """
            run_id = \(key.runID) AND metric_index = \(key.metricIndex)
                AND \(last) >= \(bound ?? .min)
            """
        return """
            SELECT segment_id AS id, \(first) AS first, point_count FROM segment WHERE \(isOfSeries)
            UNION ALL
            SELECT chunk_id, \(first), point_count FROM chunk WHERE \(isOfSeries)
            ORDER BY first, id LIMIT \(Self.headCount) OFFSET \(offset)
            """
    }

    func sorted(_ points: PointColumns) -> PointColumns {
        switch order {
        case .history: points.historySortedAndDistinct()
        case .series: points.sortedAndDistinct()
        }
    }

    /// Whether more than a page of points lie behind the cursor and before `bound`. `points` are
    /// sorted.
    func isSettled(_ points: PointColumns, before bound: Int64) -> Bool {
        let last = start(points) + limit
        guard last < points.count else { return false }
        return (order == .history ? points.times[last] : points.steps[last]) < bound
    }

    func page(_ points: PointColumns) -> HistoryPage {
        let begin = start(points)
        let end = min(points.count, begin + limit)
        let page = begin == 0 && end == points.count ? points : points.selecting(begin..<end)
        return HistoryPage(
            points: page,
            next: end < points.count ? HistoryCursor(lastOf: page) : nil
        )
    }

    /// Index of the first point behind the cursor.
    private func start(_ points: PointColumns) -> Int {
        guard let after else { return 0 }
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if after.precedes(points, middle, in: order) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
