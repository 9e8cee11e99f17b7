import Foundation
import Postgres
import Runs

/// One row of `segment` before it is written.
struct NewSegment: Sendable {
    let runID: UUID
    let name: String
    let id: UUID
    let pointCount: Int32
    let notFiniteCount: Int32
    let firstStep: Int64
    let lastStep: Int64
    /// Least and greatest time, microseconds since 1970.
    let firstTime: Int64
    let lastTime: Int64
    let minimum: Double?
    let maximum: Double?
    let lastValue: Double
    let bytes: SegmentBytes

    /// The segments that hold a series: one, or several when it is very long.
    static func parts(of series: WrittenSeries, ids: inout SegmentIDs) -> [NewSegment] {
        let points = series.points
        guard points.count > Limits.pointsPerSegmentCount else {
            return NewSegment(series, points, id: ids.next()).map { [$0] } ?? []
        }
        return stride(from: 0, to: points.count, by: Limits.pointsPerSegmentCount).compactMap {
            let end = min($0 + Limits.pointsPerSegmentCount, points.count)
            return NewSegment(series, points.selecting($0..<end), id: ids.next())
        }
    }

    /// nil when there is no point.
    private init?(_ series: WrittenSeries, _ points: PointColumns, id: UUID) {
        guard let firstStep = points.steps.first, let lastStep = points.steps.last,
            let firstTime = points.times.min(), let lastTime = points.times.max(),
            let lastValue = points.values.last
        else { return nil }
        let summary = ValueSummary(points.values)
        runID = series.runID
        name = series.name
        self.id = id
        pointCount = Int32(points.count)
        notFiniteCount = Int32(summary.notFiniteCount)
        (self.firstStep, self.lastStep) = (firstStep, lastStep)
        (self.firstTime, self.lastTime) = (firstTime, lastTime)
        (minimum, maximum) = (summary.minimum, summary.maximum)
        self.lastValue = lastValue
        bytes = SegmentCodec.encode(points)
    }

    func append(to rows: inout CopyRows, project: UUID, index: Int32) {
        rows.beginRow()
        rows.append(runID)
        rows.append(index)
        rows.append(id)
        rows.append(project)
        rows.append(pointCount)
        rows.append(notFiniteCount)
        rows.append(firstStep)
        rows.append(lastStep)
        rows.append(firstTime)
        rows.append(lastTime)
        rows.append(minimum)
        rows.append(maximum)
        rows.append(lastValue)
        rows.append(bytes: bytes.steps)
        rows.append(bytes: bytes.times)
        rows.append(bytes: bytes.values)
    }
}

/// Ids of the segments of one commit: of one time, told apart by random bits that count on.
struct SegmentIDs {
    private let now: Int64
    private let high = UInt64.random(in: 0 ... .max)
    private var low = UInt64.random(in: 0 ... .max)

    init(now: Int64) { self.now = now }

    mutating func next() -> UUID {
        // Of the lowest byte an id keeps six bits only: what counts stands above it.
        low &+= 1 << 8
        return UUID(timeOrdered: now, random: (high, low))
    }
}

/// What a column of values says of itself at a glance.
struct ValueSummary {
    /// Least and greatest finite value; nil when none is finite.
    private(set) var minimum: Double?
    private(set) var maximum: Double?
    private(set) var notFiniteCount = 0

    init(_ values: [Double]) {
        var least = Double.infinity
        var greatest = -Double.infinity
        for value in values {
            if value.isFinite {
                least = Swift.min(least, value)
                greatest = Swift.max(greatest, value)
            } else {
                notFiniteCount += 1
            }
        }
        guard notFiniteCount < values.count else { return }
        (minimum, maximum) = (least, greatest)
    }
}
