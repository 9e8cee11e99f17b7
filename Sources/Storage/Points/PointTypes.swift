import Foundation
package import Runs

/// Where a page of history ended: the key of its last point.
package struct HistoryCursor: Sendable, Hashable, Codable {
    /// Microseconds since 1970.
    package var time: Int64
    package var step: Int64
    /// Bits of the value, so that NaN is a place too.
    package var valueBits: UInt64

    package init(time: Int64, step: Int64, value: Double) {
        self.time = time
        self.step = step
        valueBits = value.bitPattern
    }

    init?(lastOf page: PointColumns) {
        guard let time = page.times.last, let step = page.steps.last, let value = page.values.last
        else { return nil }
        self.init(time: time, step: step, value: value)
    }

    /// Whether the cursor lies strictly before a point.
    func precedes(_ points: PointColumns, _ index: Int, in order: PageOrder) -> Bool {
        let (step, time) = (points.steps[index], points.times[index])
        switch order {
        case .history:
            if self.time != time { return self.time < time }
            if self.step != step { return self.step < step }
        case .series:
            if self.step != step { return self.step < step }
            if self.time != time { return self.time < time }
        }
        return PointOrder.precedes(Double(bitPattern: valueBits), points.values[index])
    }
}

/// In which order a series is read by pages.
package enum PageOrder: Sendable {
    /// By time, then step, then value.
    case history
    /// By step, then time, then value.
    case series
}

package struct HistoryPage: Sendable {
    package var points: PointColumns
    /// nil on the last page, also when that page is full.
    package var next: HistoryCursor?
}

/// What the x of a drawn series means.
package enum SeriesAxis: Sendable, Hashable {
    case step
    /// Microseconds since 1970.
    case time
    /// Seconds since the start of the run.
    case relativeTime
    /// Tokens or FLOPs, by the map of each run; runs without one are left out.
    case mapped([RunID: StepMap])
}

package struct SeriesBuckets: Sendable {
    package var runID: RunID
    package var metric: String
    package var buckets: Buckets
}

package struct MetricOverview: Sendable, Hashable {
    package var name: String
    package var runCount: Int
    /// Stored points, those sent twice included.
    package var pointCount: Int64
}

/// New points of one run and metric, for the live feed.
package struct TailSegment: Sendable {
    package var runID: RunID
    package var metric: String
    package var points: PointColumns
}

/// How far a reader of the live feed has come. Ids of segments are ordered by time, but a commit
/// may become visible after a later one; so the last seconds are read again, and what was seen is
/// remembered.
package struct SegmentCursor: Sendable, Hashable {
    /// Microseconds since 1970 of the newest segment seen.
    package var newest: Int64
    var seen: [UUID: Int64] = [:]

    package init(startingAt microseconds: Int64) { newest = microseconds }

    package static let overlapMicroseconds: Int64 = 5_000_000

    /// Every segment from here on is looked at.
    var lowerBound: UUID {
        UUID(timeOrdered: newest - Self.overlapMicroseconds, random: (0, 0))
    }

    /// Everything up to that moment was seen, microseconds since 1970.
    package mutating func advance(to time: Int64) {
        newest = max(newest, time)
        trim()
    }

    /// Notes a segment; false when it was noted before.
    mutating func note(_ id: UUID) -> Bool {
        let time = id.timeOrderedMicroseconds
        guard seen.updateValue(time, forKey: id) == nil else { return false }
        newest = max(newest, time)
        return true
    }

    /// Forgets what lies before the overlap.
    mutating func trim() {
        let bound = lowerBound.timeOrderedMicroseconds
        seen = seen.filter { $0.value >= bound }
    }
}

extension UUID {
    /// The time a UUID of version 7 was made, in microseconds since 1970, to the millisecond.
    var timeOrderedMicroseconds: Int64 {
        let bytes = [uuid.0, uuid.1, uuid.2, uuid.3, uuid.4, uuid.5]
        return 1_000 * bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
}
